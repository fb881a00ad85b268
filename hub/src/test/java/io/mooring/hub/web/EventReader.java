package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream over a plain socket, so that the test decides what is read. Connection:
 * close leaves no chunks.
 */
record EventReader(Socket socket, BufferedReader in) implements AutoCloseable {
  static EventReader open(String hub, String query, Api api, @Nullable String lastEventId)
      throws IOException {
    URI base = URI.create(hub);
    Socket socket = new Socket();
    // Little room on the way, so that a reader who does not read is felt soon.
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    String head =
        "GET /api/v1/events%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nAccept-Encoding: gzip\r\nAuthorization: %s\r\n%s\r\n"
            .formatted(
                query,
                base.getAuthority(),
                api.headers().getOrDefault("Authorization", ""),
                lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n");
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return new EventReader(
        socket,
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
  }

  void skipHead() throws IOException {
    next();
    assertThat(next()).containsExactly("retry: 2000");
  }

  /** The lines up to the next empty one. */
  List<String> next() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  /** All lines up to the end. */
  List<String> rest() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
