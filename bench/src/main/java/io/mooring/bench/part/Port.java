package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A TCP port of this machine, asked by HTTP with as little as possible. */
record Port(int number) {
  private static final Duration START = Duration.ofMinutes(2);
  private static final int PAUSE_MS = 2;
  private static final int TIMEOUT_MS = 10_000;

  static Port free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Port(socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
  }

  /** Asks until the answer is 200, and returns when that was, by {@link System#nanoTime}. */
  long awaitOk(String path, Program server) {
    return await(path, () -> get(path).startsWith("HTTP/1.1 200 "), server);
  }

  /** Waits until it takes connections. */
  void awaitOpen(Program server) {
    Attempt connect =
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(address(), TIMEOUT_MS);
            return true;
          }
        };
    long _ = await("the server", connect, server);
  }

  /** Fails with an exception, or says no, while it is too early. */
  @FunctionalInterface
  interface Attempt {
    boolean isGood() throws IOException;
  }

  /** Tries until it is good, and returns when that was, by {@link System#nanoTime}. */
  long await(String what, Attempt attempt, Program server) {
    long end = System.nanoTime() + START.toNanos();
    try {
      while (System.nanoTime() < end) {
        if (isGood(attempt)) {
          return System.nanoTime();
        }
        server.check();
        Thread.sleep(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException(
        "%s on port %d does not answer after %d s".formatted(what, number, START.toSeconds()));
  }

  private static boolean isGood(Attempt attempt) {
    try {
      return attempt.isGood();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The whole answer, head and body. */
  String get(String path) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address(), TIMEOUT_MS);
      socket.setSoTimeout(TIMEOUT_MS);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
