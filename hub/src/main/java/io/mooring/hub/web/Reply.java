package io.mooring.hub.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What an endpoint answers. */
sealed interface Reply {
  /** A body as JSON. */
  record Body(int status, Map<String, String> headers, Object body) implements Reply {}

  /** 204, which may set cookies. */
  record Nothing(List<String> cookies) implements Reply {}

  /** Bytes as they are. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Raw(String mediaType, byte[] bytes) implements Reply {}

  /** A document of the hub's own. */
  record Unchanging(String mediaType, Kept document) implements Reply {}

  /** Comes later; until then no thread is held. */
  record Later(CompletableFuture<Reply> reply) implements Reply {}

  /**
   * Is made where it is sent, off the thread on which a future completes: that one has others to
   * serve.
   */
  record Made(Supplier<Reply> reply) implements Reply {}

  /** A file, written as it is made; what fails before its first bytes is refused as usual. */
  record Download(String mediaType, String fileName, Content content) implements Reply {}

  /** Writes a file. */
  @FunctionalInterface
  interface Content {
    void to(OutputStream out) throws IOException;
  }

  /** Takes over the response and ends it by itself. */
  record Streaming(Start start) implements Reply {}

  /** Begins a stream. */
  @FunctionalInterface
  interface Start {
    void on(Response response, Callback callback);
  }

  static Reply ok(Object body) {
    return new Body(HttpStatus.OK_200, Map.of(), body);
  }

  static Reply created(String location, Object body) {
    return new Body(HttpStatus.CREATED_201, Map.of("Location", location), body);
  }

  static Reply created(Object body) {
    return new Body(HttpStatus.CREATED_201, Map.of(), body);
  }

  static Reply nothing() {
    return new Nothing(List.of());
  }
}
