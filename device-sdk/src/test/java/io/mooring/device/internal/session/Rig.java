package io.mooring.device.internal.session;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.command.CommandDesk;
import io.mooring.device.internal.command.MemoryCommandJournal;
import io.mooring.device.internal.loop.ManualLoop;
import io.mooring.device.internal.telemetry.MemoryOutbox;
import io.mooring.device.internal.telemetry.Overflow;
import io.mooring.device.internal.telemetry.Row;
import io.mooring.device.internal.telemetry.Shapes;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.ValueType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/** A whole device on a clock of the test, with workers that work when told. */
final class Rig implements Supervisor.StateListener, TokenDesk.Keeper {
  final ManualLoop loop = new ManualLoop();
  final FakeHub hub = new FakeHub();
  final List<String> states = new ArrayList<>();
  final List<String> handled = new ArrayList<>();
  final Queue<Runnable> work = new ArrayDeque<>();
  final List<String> tokens = new ArrayList<>();
  boolean keepsTokens;
  boolean tokensFail;
  Consumer<CommandDesk.Reporter> atWork = reporter -> {};
  final TelemetryBuffer telemetry;
  final Supervisor supervisor;

  Rig() {
    this(1);
  }

  Rig(int commandsAtOnce) {
    this(commandsAtOnce, 1_000);
  }

  Rig(int commandsAtOnce, int journalResults) {
    telemetry =
        new TelemetryBuffer(
            new TelemetryBuffer.Settings(1 << 20, Overflow.DROP_OLDEST, Duration.ofMillis(100)),
            new MemoryOutbox(77),
            new Shapes(),
            loop::nanoTime,
            work::add);
    CommandDesk desk =
        new CommandDesk(
            loop,
            work::add,
            new MemoryCommandJournal(journalResults, 1 << 20, Duration.ofDays(1), loop::timeMicros),
            this::handle,
            commandsAtOnce);
    supervisor =
        new Supervisor(
            loop,
            hub,
            telemetry,
            desk,
            new TokenDesk(loop, work::add, this),
            new Supervisor.Settings(
                "mooring-java/test", Duration.ofSeconds(20), Duration.ofSeconds(30)),
            new Backoff(
                new Backoff.Settings(
                    Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofHours(1)),
                () -> -1L), // the longest delay of each draw
            this);
  }

  private CommandResult handle(Command command, CommandDesk.Reporter reporter) {
    handled.add(command.getName());
    atWork.accept(reporter);
    return CommandResult.newBuilder()
        .setId(command.getId())
        .setStatus(CommandStatus.COMMAND_STATUS_SUCCEEDED)
        .setPayload(ByteString.copyFromUtf8("done " + command.getName()))
        .build();
  }

  /** Connected and welcomed; nothing stored before. */
  static Rig open() {
    return open(0);
  }

  /** The same with this slot for its return. */
  static Rig open(int slotMs) {
    Rig rig = new Rig();
    rig.start();
    rig.hub.line().slotMs = slotMs;
    rig.hub.line().welcome(0);
    rig.loop.run();
    return rig;
  }

  /** Connected, Hello sent. */
  void start() {
    supervisor.start();
    loop.run();
    hub.line().listener.opened();
    loop.run();
  }

  /** The line breaks; the device comes back and says Hello. */
  void reconnect() {
    hub.line().end(1006, "");
    loop.advance(Duration.ofSeconds(5));
    hub.line().listener.opened();
    loop.run();
  }

  /** One reading, in a batch of its own. */
  void send(double value) {
    Row row = new Row(loop.timeMicros());
    row.add("v", ValueType.VALUE_TYPE_NUMBER, Double.doubleToRawLongBits(value), null, 8);
    telemetry.add(row, null);
    telemetry.sealAll();
    supervisor.pump();
  }

  /** The oldest piece of work waiting for a worker. */
  void workOne() {
    work.remove().run();
    loop.run();
  }

  static ByteString id(int n) {
    byte[] bytes = new byte[16];
    bytes[14] = (byte) (n >> 8);
    bytes[15] = (byte) n;
    return ByteString.copyFrom(bytes);
  }

  @Override
  public boolean keepsTokens() {
    return keepsTokens;
  }

  @Override
  public boolean keep(String token) {
    tokens.add(token);
    return !tokensFail;
  }

  @Override
  public void connecting() {
    states.add("connecting");
  }

  @Override
  public void connected(long epoch) {
    states.add("connected " + epoch);
  }

  @Override
  public void waiting(String reason, Duration retryIn) {
    states.add("waiting: " + reason);
  }

  @Override
  public void refused(String reason, Duration retryIn) {
    states.add("refused: " + reason);
  }

  @Override
  public void closed() {
    states.add("closed");
  }
}
