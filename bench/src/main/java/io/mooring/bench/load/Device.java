package io.mooring.bench.load;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Welcome;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One device with one stream, which it keeps over all its sessions. */
final class Device implements Link.Listener {
  /** Most batches under way, whatever the hub allows: the length of the rings below. */
  static final int WINDOW = 64;

  private static final int WELCOME = 0x0a;
  private static final int ACK = 0x12;
  private static final int HEARTBEAT_REPLY = 0x1a;
  private static final int COMMAND = 0x22;
  private static final int COMMAND_RESULT_ACK = 0x2a;
  private static final int HEARTBEAT = 0x22;
  private static final int SEQ = 0x08;
  private static final int FIRST_TIME = 0x09;
  private static final int SECOND_TIME = 0x11;
  private static final int HELD = 0x18;

  private final Fleet fleet;
  private final String token;
  private final long stream;
  private final CommandDesk commands;
  private @Nullable Link link;
  private boolean isOpen;
  private int limit = WINDOW;
  private long epoch;

  /** The last batch made, and the last one acknowledged; those between are held. */
  private long seq;

  private long acked;

  /** By the lowest bits of a batch's number: when it was sent, and the device time it carries. */
  private final long[] sentAt = new long[WINDOW];

  private final long[] timeUs = new long[WINDOW];

  /** Of {@link Returns}: attempts that failed in a row, and when it was lost; 0: it was not. */
  int failures;

  long goneAt;

  private long hubTimeUs;
  private long hubTimeAt;

  Device(Fleet fleet, String token, long stream) {
    this.fleet = fleet;
    this.token = token;
    this.stream = stream;
    this.commands = new CommandDesk(fleet.commands());
  }

  void connect(EventLoop loop, SocketAddress to) {
    try {
      link = new Link(loop, to, token, this);
    } catch (IOException e) {
      gone(e.toString());
    }
  }

  void disconnect() {
    Link open = link;
    if (open != null) {
      open.end("disconnected on purpose");
    }
  }

  boolean isOpen() {
    return isOpen;
  }

  int inFlight() {
    return (int) (seq - acked);
  }

  /** How many more batches may be under way, of so many wanted in all. */
  int room(int wanted) {
    return isOpen ? Math.min(wanted, limit) - inFlight() : 0;
  }

  Fleet.Position position() {
    return new Fleet.Position(stream, acked);
  }

  @Override
  public void upgraded() {
    if (fleet.greets()) {
      hello();
    } else {
      open();
    }
  }

  private void hello() {
    Stream.Builder where =
        Stream.newBuilder().setId(stream).setFirstSeq(acked + 1).setNextSeq(seq + 1);
    if (seq > acked) {
      long oldest = Long.MAX_VALUE;
      for (long s = acked + 1; s <= seq; s++) {
        oldest = Math.min(oldest, timeUs[slot(s)]);
      }
      where.setOldestTimeUs(oldest);
    }
    Hello hello = Hello.newBuilder().setAgent("mooring-bench/1").addStreams(where).build();
    write(
        ByteBuffer.wrap(
            Wire.frame(DeviceFrame.newBuilder().setHello(hello).build().toByteArray())));
  }

  private static int slot(long seq) {
    return (int) (seq & (WINDOW - 1));
  }

  @Override
  public void message(ByteBuffer in, long now) {
    if (!in.hasRemaining()) {
      return;
    }
    int kind = in.get() & 0xff;
    int length = (int) Wire.varint(in);
    switch (kind) {
      case WELCOME -> welcome(in, now);
      case ACK -> {
        // A bare endpoint knows no numbers: its empty answer counts for one batch.
        long upTo = length > 0 && in.get() == SEQ ? Wire.varint(in) : acked + 1;
        acknowledged(upTo, now);
      }
      case HEARTBEAT_REPLY -> {
        if (length >= 18) {
          hubTimeUs = in.getLong(in.position() + 10);
          hubTimeAt = now;
        }
        fleet.tally().heartbeatAnswered();
      }
      case COMMAND -> {
        ByteBuffer out = fleet.loop().answers;
        if (out.remaining() < CommandDesk.ANSWERS) {
          messagesRead();
        }
        commands.command(in, out, now);
      }
      case COMMAND_RESULT_ACK -> commands.stored(in, now);
      default -> {
        // A device ignores what it does not know (P-15).
      }
    }
  }

  /** The answers to all commands that came together go out together. */
  @Override
  public void messagesRead() {
    ByteBuffer out = fleet.loop().answers;
    if (out.position() > 0) {
      if (fleet.greets()) {
        write(out.flip());
      }
      out.clear();
    }
  }

  private void welcome(ByteBuffer in, long now) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    try {
      Welcome welcome = Welcome.parseFrom(bytes);
      limit = Math.min(WINDOW, welcome.getLimits().getUnacknowledgedBatches());
      fleet.heartbeatEvery(welcome.getHeartbeatIntervalMs());
      hubTimeUs = welcome.getHubTimeUs();
      hubTimeAt = now;
      if (welcome.getEpoch() <= epoch) {
        fleet.tally().epochNotRaised();
      }
      epoch = welcome.getEpoch();
      long stored = welcome.getStoredSeqs(0);
      if (stored > acked) {
        fleet.tally().acknowledged(stored - acked);
        acked = stored;
      }
    } catch (InvalidProtocolBufferException e) {
      disconnect();
      return;
    }
    write(ByteBuffer.wrap(fleet.shape().layout()));
    resend(now);
    write(commands.unstored());
    open();
  }

  /** What is held goes out again, first and unchanged. */
  private void resend(long now) {
    for (long s = acked + 1; s <= seq; s++) {
      ByteBuffer out = fleet.loop().out.clear();
      fleet.shape().putBatch(out, s, timeUs[slot(s)]);
      sentAt[slot(s)] = now;
      write(out.flip());
    }
  }

  private void open() {
    isOpen = true;
    fleet.opened(this);
  }

  private void acknowledged(long upTo, long now) {
    if (upTo <= acked || upTo > seq) {
      return;
    }
    for (long s = acked + 1; s <= upTo; s++) {
      fleet.tally().latency(now - sentAt[slot(s)]);
    }
    fleet.tally().acknowledged(upTo - acked);
    acked = upTo;
    fleet.roomFor(this);
  }

  /** Sends so many new batches, in one write where they fit. */
  void send(int count) {
    long now = System.nanoTime();
    Shape shape = fleet.shape();
    long first = shape.firstReadingUs(fleet.nowUs(now));
    ByteBuffer out = fleet.loop().out.clear();
    for (int i = 0; i < count; i++) {
      if (out.remaining() < shape.frameBytes()) {
        write(out.flip());
        out.clear();
      }
      seq++;
      sentAt[slot(seq)] = now;
      timeUs[slot(seq)] = first;
      shape.putBatch(out, seq, first);
    }
    write(out.flip());
  }

  /** Says that it is alive, whatever else it sends (P-42). */
  void heartbeat(long now) {
    if (!isOpen) {
      return;
    }
    long held = (now - hubTimeAt) / 1_000;
    ByteBuffer out = fleet.loop().out.clear();
    int body = 9 + 9 + 1 + Wire.varintSize(held);
    Wire.header(out, Wire.BINARY, 2 + body);
    out.put((byte) HEARTBEAT).put((byte) body);
    out.put((byte) FIRST_TIME).putLong(fleet.nowUs(now));
    out.put((byte) SECOND_TIME).putLong(hubTimeUs);
    out.put((byte) HELD);
    Wire.putVarint(out, held);
    write(out.flip());
  }

  private void write(ByteBuffer bytes) {
    Link open = link;
    if (open != null) {
      open.write(bytes);
    }
  }

  @Override
  public void gone(String why) {
    link = null;
    fleet.loop().answers.clear();
    boolean was = isOpen;
    isOpen = false;
    fleet.gone(this, was, why);
  }
}
