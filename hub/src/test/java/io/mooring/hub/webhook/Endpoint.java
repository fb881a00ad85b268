package io.mooring.hub.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An endpoint of a webhook on 127.0.0.1 that answers as it is told. */
final class Endpoint implements AutoCloseable {
  /** What was posted. */
  record Got(String path, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** What is answered. */
  record Reply(int status, Map<String, String> headers, String body) {
    static Reply of(int status) {
      return new Reply(status, Map.of(), "");
    }
  }

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch open = new CountDownLatch(1);
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private volatile Function<Got, Reply> answer = _ -> Reply.of(204);
  private volatile boolean hanging;

  Endpoint() {
    this(null);
  }

  /**
   * @param tls by https; null: by http
   */
  Endpoint(@Nullable SSLContext tls) {
    InetSocketAddress any = new InetSocketAddress(0);
    try {
      if (tls == null) {
        server = HttpServer.create(any, 0);
      } else {
        HttpsServer https = HttpsServer.create(any, 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = https;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scheme = tls == null ? "http" : "https";
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url(String host) {
    return "%s://%s:%d/hook".formatted(scheme, host, server.getAddress().getPort());
  }

  String url() {
    return url("127.0.0.1");
  }

  List<Got> got() {
    return got;
  }

  List<String> bodies() {
    return got.stream().map(Got::body).toList();
  }

  void answers(int status) {
    answers(_ -> Reply.of(status));
  }

  void answers(Function<Got, Reply> how) {
    answer = how;
  }

  /** From now on requests get no answer before the endpoint is closed. */
  void hang() {
    hanging = true;
  }

  void goOn() {
    hanging = false;
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Got one = new Got(exchange.getRequestURI().toString(), headers, body);
    got.add(one);
    if (hanging) {
      try {
        var _ = open.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    Reply reply = answer.apply(one);
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    open.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
