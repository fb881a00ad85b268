package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A device by hand that opens one session, keeps it alive and never comes back: so nothing but the
 * hub ends it, and nobody covers that up.
 */
final class OneSession implements Stage.Kept {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long BEAT_MILLIS = 300;

  private final RawSocket socket;
  private final CompletableFuture<Integer> end;

  /**
   * Opens it.
   *
   * @param stream by which the hub tells this device from another one with its token
   */
  OneSession(int port, String token, long stream) {
    this(open(port, token), stream);
  }

  /** Over a socket that is there. */
  OneSession(RawSocket socket, long stream) {
    this.socket = socket;
    try {
      socket.send(RawSocket.BINARY, hello(stream).toByteArray());
      socket.receive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end = CompletableFuture.supplyAsync(this::read, task -> Thread.ofVirtual().start(task));
    Thread.ofVirtual().start(this::beat);
  }

  private static RawSocket open(int port, String token) {
    try {
      return RawSocket.open(port, token);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int read() {
    try {
      return socket.closeCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void beat() {
    try {
      while (!end.isDone()) {
        socket.send(RawSocket.BINARY, heartbeat().toByteArray());
        TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
      }
    } catch (IOException e) {
      // its end is the reader's to tell
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** Waits for its end and returns the close code, or {@link RawSocket#CUT}. */
  int awaitEnd() {
    return awaitEnd(PATIENCE);
  }

  /** The same, within this time. */
  int awaitEnd(Duration within) {
    try {
      return end.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the session has not ended within " + within, e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void assertThatItLives() {
    assertThat(hasEnded()).as("the session has ended").isFalse();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DeviceFrame hello(long stream) {
    return DeviceFrame.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setAgent("by-hand/1")
                .addStreams(Stream.newBuilder().setId(stream).setFirstSeq(1).setNextSeq(1)))
        .build();
  }

  private static DeviceFrame heartbeat() {
    return DeviceFrame.newBuilder()
        .setHeartbeat(Heartbeat.newBuilder().setTimeUs(System.currentTimeMillis() * 1000))
        .build();
  }
}
