package io.mooring.hub.command;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.hub.session.DeviceSession;
import io.mooring.hub.session.Sender;
import io.mooring.hub.session.Sessions;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import io.mooring.protocol.v1.HubFrame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The device d1 without a socket: it remembers its commands and answers as the test tells it to.
 */
final class CommandDevice implements Sender {
  final List<HubFrame> commands = new CopyOnWriteArrayList<>();
  final List<UUID> acknowledged = new CopyOnWriteArrayList<>();
  final DeviceSession session;
  private final boolean answers;
  private volatile boolean welcome;

  /** So that a command that comes at once finds the session. */
  private final CompletableFuture<DeviceSession> begun = new CompletableFuture<>();

  private CommandDevice(Sessions sessions, int key, boolean answers) {
    this.answers = answers;
    session = sessions.begin(new Sessions.Identity(key, "d1", "td1"), this);
    begun.complete(session);
  }

  /** Opens a session; {@code answers}: each command is answered at once. */
  static CommandDevice open(Sessions sessions, int key, boolean answers) {
    CommandDevice device = new CommandDevice(sessions, key, answers);
    device.session.on(new Inbound.Hello("test", List.of()));
    await().until(() -> device.welcome);
    return device;
  }

  @Override
  public void send(byte[] frame) {
    HubFrame hub;
    try {
      hub = HubFrame.parseFrom(frame);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    switch (hub.getBodyCase()) {
      case WELCOME -> welcome = true;
      case COMMAND -> {
        commands.add(hub);
        if (answers) {
          answer(uuid(hub));
        }
      }
      case COMMAND_RESULT_ACK ->
          acknowledged.add(uuid(hub.getCommandResultAck().getId().toByteArray()));
      case TELEMETRY_ACK, HEARTBEAT_REPLY, NEXT_TOKEN, BODY_NOT_SET -> {}
    }
  }

  void answer(UUID id) {
    begun.join().on(success(id));
  }

  static Inbound.CommandResult success(UUID id) {
    return new Inbound.CommandResult(
        id, Inbound.Outcome.SUCCEEDED, "application/json", new byte[] {1}, "", false);
  }

  /** Says, once it was sent the command, that it has it. */
  void received(CommandWorld world, UUID id) {
    world.until(id, CommandState.SENT);
    session.on(new Inbound.CommandReceived(id));
    world.until(id, CommandState.RECEIVED);
  }

  List<String> payloads() {
    return commands.stream().map(c -> c.getCommand().getPayload().toStringUtf8()).toList();
  }

  static UUID uuid(HubFrame command) {
    return uuid(command.getCommand().getId().toByteArray());
  }

  private static UUID uuid(byte[] id) {
    ByteBuffer bytes = ByteBuffer.wrap(id);
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  @Override
  public void close(CloseReason reason, Duration retryAfter, String detail) {}

  @Override
  public void resume() {}

  @Override
  public String address() {
    return "127.0.0.1";
  }
}
