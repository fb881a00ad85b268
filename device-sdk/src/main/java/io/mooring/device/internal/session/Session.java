package io.mooring.device.internal.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.command.CommandDesk;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.device.internal.telemetry.Outbox;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import io.mooring.device.internal.transport.Ending;
import io.mooring.device.internal.transport.Transport;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.TelemetryAck;
import io.mooring.protocol.v1.Welcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to the hub, from the attempt to its end. Lives on the loop. */
final class Session implements Consumer<DeviceFrame> {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  /** RFC 6455: the peer broke the protocol. */
  private static final int PROTOCOL_ERROR = 1002;

  private static final int NORMAL = 1000;
  private static final int COMMAND_ID_BYTES = 16;

  /** How long the other side may take to answer a goodbye. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private enum Stage {
    CONNECTING,
    GREETING,
    OPEN,
    ENDED
  }

  private final EventLoop loop;
  private final TelemetryBuffer telemetry;
  private final CommandDesk commands;
  private final String agent;
  private final SessionOwner owner;
  private final TokenDesk tokens;
  private final HubClock clock;
  private final Set<Integer> declaredLayouts = new HashSet<>();
  private Stage stage = Stage.CONNECTING;
  private Transport.@Nullable Link link;
  private EventLoop.@Nullable Timer deadline;
  private @Nullable Pulse pulse;
  private Limits limits = Limits.getDefaultInstance();
  private int streams;

  Session(
      EventLoop loop,
      TelemetryBuffer telemetry,
      CommandDesk commands,
      TokenDesk tokens,
      String agent,
      SessionOwner owner) {
    this.loop = loop;
    this.telemetry = telemetry;
    this.commands = commands;
    this.tokens = tokens;
    this.agent = agent;
    this.owner = owner;
    this.clock = new HubClock(loop);
  }

  /**
   * @param welcomeWithin for everything up to Welcome
   */
  void connect(Transport transport, Duration welcomeWithin) {
    deadline = giveUpAfter(welcomeWithin, null);
    link = transport.connect(new Hearing(loop, this));
  }

  /** Without an ending: because no Welcome has come. */
  private EventLoop.Timer giveUpAfter(Duration time, @Nullable Ending ending) {
    return loop.schedule(
        time,
        new Runnable() {
          @Override
          public void run() {
            giveUp(ending == null ? noWelcome(time) : ending);
          }
        });
  }

  private Ending noWelcome(Duration within) {
    String what = stage == Stage.CONNECTING ? "no connection" : "no Welcome from the hub";
    return new Ending.Failed(what + " within " + within.toMillis() + " ms");
  }

  @Nullable Duration roundTrip() {
    return clock.roundTrip();
  }

  /** Sends what may be sent of the telemetry. */
  void pump() {
    if (stage != Stage.OPEN) {
      return;
    }
    Outbox.Outgoing next = telemetry.poll(limits);
    while (next != null && declare(next)) {
      send(next.frame());
      next = telemetry.poll(limits);
    }
  }

  private boolean declare(Outbox.Outgoing next) {
    if (!declaredLayouts.add(next.batch().shape().layoutId())) {
      return true;
    }
    if (declaredLayouts.size() > limits.getLayouts()) {
      // What is not sent here goes first in the next session, which starts with none declared.
      closeAndEnd(NORMAL, "all " + limits.getLayouts() + " layouts of a session are used up");
      return false;
    }
    send(next.batch().shape().frame());
    return true;
  }

  boolean hasEnded() {
    return stage == Stage.ENDED;
  }

  /** Says goodbye; ends when the transport says so, or after a second. */
  void close(String reason) {
    Ending ending = new Ending.Closed(NORMAL, reason);
    if (link == null || stage == Stage.CONNECTING) {
      giveUp(ending);
    } else {
      link.close(NORMAL, reason);
      cancelDeadline();
      deadline = giveUpAfter(GOODBYE, ending);
    }
  }

  void opened() {
    stage = Stage.GREETING;
    List<Outbox.StreamState> states = telemetry.beginSession();
    streams = states.size();
    Hello hello = Greeting.hello(agent, states, tokens.takesNextToken());
    send(DeviceFrame.newBuilder().setHello(hello).build().toByteArray());
  }

  void received(byte[] message) {
    if (pulse != null) {
      pulse.received();
    }
    HubFrame frame;
    try {
      frame = HubFrame.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      breach("a message that is no HubFrame");
      return;
    }
    HubFrame.BodyCase body = frame.getBodyCase();
    if (stage == Stage.GREETING
        && body != HubFrame.BodyCase.WELCOME
        && body != HubFrame.BodyCase.BODY_NOT_SET) {
      breach(body + " before WELCOME");
      return;
    }
    switch (body) {
      case WELCOME -> welcome(frame.getWelcome());
      case TELEMETRY_ACK -> telemetryAck(frame.getTelemetryAck());
      case HEARTBEAT_REPLY -> clock.reply(frame.getHeartbeatReply());
      case COMMAND -> command(frame.getCommand());
      case COMMAND_RESULT_ACK -> commands.acknowledged(frame.getCommandResultAck().getId());
      case NEXT_TOKEN -> tokens.take(frame.getNextToken().getToken(), this);
      case BODY_NOT_SET -> log.debug("Ignored a message of a kind this version does not know");
    }
  }

  private void welcome(Welcome welcome) {
    if (stage == Stage.OPEN) {
      breach("a second WELCOME");
      return;
    }
    if (!Greeting.isUsable(welcome, streams)) {
      breach("a WELCOME without interval or limits, or not for the streams of Hello");
      return;
    }
    if (telemetry.renew(welcome.getStoredSeqsList())) {
      closeAndEnd(NORMAL, "the hub has more of a stream than this device: it begins a new one");
      return;
    }
    stage = Stage.OPEN;
    limits = welcome.getLimits();
    clock.welcome(welcome.getHubTimeUs());
    cancelDeadline();
    Duration interval = Duration.ofMillis(welcome.getHeartbeatIntervalMs());
    pulse = new Pulse(loop, clock, interval, this);
    telemetry.adopt(limits);
    for (int i = 0; i < streams; i++) {
      telemetry.stored(i, welcome.getStoredSeqs(i));
    }
    owner.welcomed(this, welcome.getEpoch(), Greeting.slot(welcome));
    pulse.start();
    commands.attach(this, Greeting.terms(limits, clock));
    pump();
  }

  private void command(Command command) {
    if (command.getId().size() != COMMAND_ID_BYTES) {
      breach("a COMMAND whose id is not 16 bytes long");
      return;
    }
    commands.deliver(command);
  }

  /** Nothing has come for two and a half intervals. */
  void hubSilent() {
    giveUp(new Ending.Failed("nothing heard of the hub for two and a half heartbeat intervals"));
  }

  private void telemetryAck(TelemetryAck ack) {
    if (ack.getStream() < 0 || ack.getStream() >= streams) {
      breach("TELEMETRY_ACK for a stream that is not in Hello");
      return;
    }
    telemetry.stored(ack.getStream(), ack.getSeq());
    pump();
  }

  /** What the commands have to say. */
  @Override
  public void accept(DeviceFrame frame) {
    send(frame.toByteArray());
  }

  void send(byte[] frame) {
    if (link != null && stage != Stage.ENDED) {
      link.send(frame);
      if (pulse != null) {
        pulse.sent();
      }
    }
  }

  private void breach(String what) {
    closeAndEnd(PROTOCOL_ERROR, "the hub sent " + what);
  }

  private void closeAndEnd(int code, String reason) {
    Transport.Link left = link;
    if (left != null) {
      left.close(code, reason);
      // A hub that breaks the protocol may not answer either.
      loop.schedule(
          GOODBYE,
          new Runnable() {
            @Override
            public void run() {
              left.abort();
            }
          });
    }
    ended(new Ending.Failed(reason));
  }

  /** Ends without waiting for the transport, which may have nothing more to say. */
  private void giveUp(Ending ending) {
    if (stage != Stage.ENDED && link != null) {
      link.abort();
    }
    ended(ending);
  }

  void ended(Ending ending) {
    if (stage == Stage.ENDED) {
      return;
    }
    stage = Stage.ENDED;
    cancelDeadline();
    if (pulse != null) {
      pulse.stop();
    }
    commands.detach();
    if (Verdict.isFaultOfDevice(ending)) {
      telemetry.faulted();
    }
    owner.ended(this, ending);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
    }
  }
}
