package io.mooring.bench.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;

/**
 * The commands of one device over all its sessions: each is carried out at once and once, and
 * answered until the hub has stored the answer (P-48 to P-50). Callers number the commands of a
 * device from 1 on, so what is lost, repeated or out of order shows.
 */
final class CommandDesk {
  /** Bytes of the answers to one command. */
  static final int ANSWERS = 64;

  private static final int ID = 0x0a;
  private static final int PAYLOAD = 0x22;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;
  private static final byte ID_BYTES = 16;

  private static final byte RECEIVED = 0x2a;
  private static final byte RESULT = 0x32;
  private static final byte STATUS = 0x10;
  private static final byte SUCCEEDED = 1;

  private final CommandTally tally;

  /** Carried out, and not known to be stored: in the order of their numbers. */
  private final Set<UUID> answered = new LinkedHashSet<>();

  /** Number of the last command that was carried out. */
  private long last;

  CommandDesk(CommandTally tally) {
    this.tally = tally;
  }

  /**
   * A command has come.
   *
   * @param in the message; its position is at the command's first field
   * @param out takes the answers: {@link #ANSWERS} bytes at most
   */
  void command(ByteBuffer in, ByteBuffer out, long now) {
    UUID id = null;
    long number = 0;
    while (in.hasRemaining()) {
      int tag = (int) Wire.varint(in);
      switch (tag) {
        case ID -> id = id(in);
        case PAYLOAD -> number = number(in);
        default -> skip(tag, in);
      }
    }
    if (id == null) {
      throw new IllegalStateException("a command without an id");
    }
    // One that is sent again is answered again and not carried out twice.
    if (answered.add(id)) {
      tally.carryOut(number == last + 1, now);
      last = number;
    }
    head(out, RECEIVED, id, 0);
    result(out, id);
  }

  /** A device ignores fields that it does not know (P-14). */
  private static void skip(int tag, ByteBuffer in) {
    switch (tag & 7) {
      case VARINT -> Wire.varint(in);
      case FIXED64 -> in.position(in.position() + Long.BYTES);
      case LENGTH -> {
        int length = (int) Wire.varint(in);
        in.position(in.position() + length);
      }
      case FIXED32 -> in.position(in.position() + Integer.BYTES);
      default -> throw new IllegalStateException("a field with tag " + tag);
    }
  }

  private static UUID id(ByteBuffer in) {
    if (in.get() != ID_BYTES) {
      throw new IllegalStateException("an id of another length than 16");
    }
    return new UUID(Long.reverseBytes(in.getLong()), Long.reverseBytes(in.getLong()));
  }

  /** The only number in a payload of JSON. */
  private static long number(ByteBuffer in) {
    int end = (int) Wire.varint(in);
    end += in.position();
    long number = 0;
    while (in.position() < end) {
      int digit = in.get() - '0';
      if (digit >= 0 && digit <= 9) {
        number = 10 * number + digit;
      }
    }
    return number;
  }

  private static void result(ByteBuffer out, UUID id) {
    head(out, RESULT, id, 2);
    out.put(STATUS).put(SUCCEEDED);
  }

  private static void head(ByteBuffer out, byte kind, UUID id, int more) {
    int body = 2 + ID_BYTES + more;
    Wire.header(out, Wire.BINARY, 2 + body);
    out.put(kind).put((byte) body).put((byte) ID).put(ID_BYTES);
    out.putLong(Long.reverseBytes(id.getMostSignificantBits()));
    out.putLong(Long.reverseBytes(id.getLeastSignificantBits()));
  }

  /** The hub has stored an answer. */
  void stored(ByteBuffer in, long now) {
    if (in.get() != ID) {
      throw new IllegalStateException("an acknowledgement without an id");
    }
    if (answered.remove(id(in))) {
      tally.store(now);
    }
  }

  /** All answers that are not known to be stored, for a new session. */
  ByteBuffer unstored() {
    ByteBuffer out = ByteBuffer.allocate(ANSWERS * answered.size()).order(ByteOrder.LITTLE_ENDIAN);
    answered.forEach(id -> result(out, id));
    return out.flip();
  }
}
