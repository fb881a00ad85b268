package io.mooring.hub.job;

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
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A device without a socket: it remembers its commands, and answers as it is told to. */
final class JobDevice implements Sender {
  final String id;
  final List<UUID> commands = new CopyOnWriteArrayList<>();
  private final Supplier<Optional<Inbound.Outcome>> answers;
  private final CompletableFuture<Void> welcome = new CompletableFuture<>();

  /** So that a command that comes at once finds the session. */
  private final CompletableFuture<DeviceSession> session = new CompletableFuture<>();

  private JobDevice(String id, Supplier<Optional<Inbound.Outcome>> answers) {
    this.id = id;
    this.answers = answers;
  }

  /**
   * Opens a session.
   *
   * @param answers asked at each command; empty: it is not answered
   */
  static JobDevice open(
      Sessions sessions, int key, String id, Supplier<Optional<Inbound.Outcome>> answers) {
    JobDevice device = new JobDevice(id, answers);
    device.session.complete(sessions.begin(new Sessions.Identity(key, id, "t" + id), device));
    device.session.join().on(new Inbound.Hello("test", List.of()));
    device.welcome.orTimeout(30, TimeUnit.SECONDS).join();
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
      case WELCOME -> welcome.complete(null);
      case COMMAND -> {
        ByteBuffer bytes = ByteBuffer.wrap(hub.getCommand().getId().toByteArray());
        UUID command = new UUID(bytes.getLong(), bytes.getLong());
        commands.add(command);
        answers.get().ifPresent(outcome -> answer(command, outcome));
      }
      case COMMAND_RESULT_ACK, TELEMETRY_ACK, HEARTBEAT_REPLY, NEXT_TOKEN, BODY_NOT_SET -> {}
    }
  }

  void answer(Inbound.Outcome outcome) {
    answer(commands.getLast(), outcome);
  }

  private void answer(UUID command, Inbound.Outcome outcome) {
    session
        .join()
        .on(
            new Inbound.CommandResult(
                command, outcome, "application/json", new byte[0], "said " + id, false));
  }

  /** It has the last command, and says so. */
  void received() {
    session.join().on(new Inbound.CommandReceived(commands.getLast()));
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
