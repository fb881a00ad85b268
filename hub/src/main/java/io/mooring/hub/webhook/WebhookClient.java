package io.mooring.hub.webhook;

import io.mooring.hub.ops.Version;
import io.mooring.hub.webhook.CheckedResolver.Refused;
import io.mooring.hub.webhook.Delivery.Answer;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of webhooks. It connects to no address that {@link Destinations} does not
 * allow: {@link CheckedResolver} sees to it that the very addresses that were judged are connected
 * to. Follows no redirect, keeps no cookie, goes through no proxy. Starts with the first request.
 */
final class WebhookClient implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Bytes of an answer that are read at the most; a connection with more of them is closed. */
  private static final int MOST_READ = 64 * 1024;

  private static final int MOST_KEPT = 200;

  /**
   * What is sent.
   *
   * @param webhook has connections of its own
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Post(String webhook, URI url, Map<String, String> headers, byte[] body) {
    /** Signed by what the webhook signs with now, under the headers of Standard Webhooks. */
    static Post of(Webhook webhook, String message, Instant now, String text) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      return new Post(
          webhook.id(),
          webhook.url(),
          Map.of(
              "webhook-id", message,
              "webhook-timestamp", Long.toString(now.getEpochSecond()),
              "webhook-signature", webhook.secrets().sign(message, now, body)),
          body);
    }
  }

  private final CheckedResolver resolver;
  private final InstantSource clock;
  private final int connections;
  private final SslContextFactory.Client tls;

  private @Nullable HttpClient client; // guarded by this
  private boolean closed; // guarded by this

  /**
   * @param connections most to one endpoint of one webhook
   * @param tls whom to trust
   */
  WebhookClient(
      Destinations destinations,
      InstantSource clock,
      int connections,
      SslContextFactory.Client tls) {
    this.resolver = new CheckedResolver(destinations);
    this.clock = clock;
    this.connections = connections;
    this.tls = tls;
  }

  /** Completes always, and never with an exception. */
  CompletableFuture<Answer> post(Post post) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    try {
      Received received = new Received();
      started()
          .newRequest(post.url())
          .method(HttpMethod.POST)
          .tag(post.webhook())
          .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .headers(headers -> post.headers().forEach(headers::put))
          .body(new BytesRequestContent("application/json", post.body()))
          .onResponseContent(received)
          .send(result -> answer.complete(answer(result, received)));
    } catch (RuntimeException e) {
      answer.complete(new Answer(0, null, reason(e)));
    }
    return answer;
  }

  private synchronized HttpClient started() {
    if (closed) {
      throw new Refused("The hub is going down.");
    }
    HttpClient there = client;
    if (there == null) {
      there = make();
      LifeCycle.start(there);
      client = there;
      // Answers are taken as they are: not followed, not logged in for, not unpacked.
      there.getContentDecoderFactories().clear();
      List.of("redirect", "www-authenticate", "proxy-authenticate", "upgrade")
          .forEach(there.getProtocolHandlers()::remove);
    }
    return there;
  }

  private HttpClient make() {
    QueuedThreadPool threads = new QueuedThreadPool(8, 1);
    threads.setName("webhook");
    threads.setDaemon(true);
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setSslContextFactory(tls);
    HttpClient made = new HttpClient(new HttpClientTransportOverHTTP(connector));
    made.setExecutor(threads);
    made.setSocketAddressResolver(resolver);
    made.setConnectTimeout(TIMEOUT.toMillis());
    made.setIdleTimeout(Duration.ofSeconds(30).toMillis());
    made.setDestinationIdleTimeout(Duration.ofMinutes(5).toMillis());
    made.setFollowRedirects(false);
    made.setMaxConnectionsPerDestination(connections);
    made.setHttpCookieStore(new HttpCookieStore.Empty());
    made.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "Mooring/" + Version.text()));
    return made;
  }

  /** The beginning of an answer's body; used by one thread at a time. */
  private static final class Received implements Response.ContentListener {
    private final StringBuilder text = new StringBuilder();
    private long bytes;

    @Override
    public void onContent(Response response, ByteBuffer content) {
      bytes += content.remaining();
      byte[] some = new byte[Math.min(content.remaining(), MOST_KEPT - text.length())];
      content.get(some);
      text.append(new String(some, StandardCharsets.ISO_8859_1));
      content.position(content.limit());
      if (bytes > MOST_READ) {
        var _ = response.abort(new Refused("The answer is too long."));
      }
    }

    boolean isTooLong() {
      return bytes > MOST_READ;
    }
  }

  private Answer answer(Result result, Received received) {
    Response response = result.getResponse();
    Throwable failure = result.getFailure();
    if (failure != null && !received.isTooLong()) {
      return new Answer(0, null, reason(failure));
    }
    return new Answer(
        response.getStatus(),
        seconds(response.getHeaders().get(HttpHeader.RETRY_AFTER), clock.instant()),
        clean(received.text.toString()));
  }

  /** Of a Retry-After; null: it is none. */
  static @Nullable Long seconds(@Nullable String retryAfter, Instant now) {
    if (retryAfter == null) {
      return null;
    }
    String text = retryAfter.strip();
    if (text.matches("\\d{1,9}")) {
      return Long.parseLong(text);
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, Duration.between(now, at).toSeconds());
    } catch (DateTimeException _) {
      return null;
    }
  }

  /** Why no answer came, in words for the operator. */
  static String reason(Throwable failure) {
    String message = clean(String.valueOf(failure.getMessage()));
    return switch (failure) {
      case Refused _ -> message;
      case UnknownHostException _ -> "The host's name cannot be resolved.";
      case TimeoutException _ -> "No answer within %d s.".formatted(TIMEOUT.toSeconds());
      case java.net.SocketTimeoutException _ -> "No connection within the time.";
      case java.net.ConnectException _ -> "Nobody listens there: " + message;
      case SSLException _ -> "TLS failed: " + message;
      default -> failure.getClass().getSimpleName() + ": " + message;
    };
  }

  /** What PostgreSQL and a page can show, and not more than is of use. */
  private static String clean(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]+", " ").strip();
    return clean.substring(0, Math.min(clean.length(), MOST_KEPT));
  }

  @Override
  public void close() {
    HttpClient there;
    synchronized (this) {
      closed = true;
      there = client;
    }
    if (there != null) {
      LifeCycle.stop(there);
    }
    resolver.close();
  }
}
