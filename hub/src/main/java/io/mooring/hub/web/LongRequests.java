package io.mooring.hub.web;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that go on after their caller was let in: event streams, exports, and those that wait
 * for a command's end. Twice a second one query asks for all callers whether their key or session
 * is still valid, and the requests of those for whom it is not are ended. While the database is
 * away nobody is sent off.
 */
final class LongRequests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LongRequests.class);
  private static final String CREDENTIAL = LongRequests.class.getName();
  static final Duration PERIOD = Duration.ofMillis(500);

  /** One under way; closed when it is over. */
  final class UnderWay implements AutoCloseable {
    /** Of the caller's key or session. */
    private final String id;

    private final Runnable end;

    private UnderWay(String id, Runnable end) {
      this.id = id;
      this.end = end;
    }

    @Override
    public void close() {
      underWay.remove(this);
    }
  }

  private final WebParts parts;
  private final Set<UnderWay> underWay = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("long-requests").factory());

  LongRequests(WebParts parts, Duration period) {
    this.parts = parts;
    long ms = period.toMillis();
    var _ = timer.scheduleWithFixedDelay(this::look, ms, ms, TimeUnit.MILLISECONDS);
  }

  /** Notes by what the caller was let in; without it a request needed nobody. */
  static void admitted(Request request, Authenticator.Credential credential) {
    request.setAttribute(CREDENTIAL, credential);
  }

  /**
   * From now on ends the request once its caller may no longer make it; at most once, on a thread
   * that must not be held.
   */
  UnderWay begin(Request request, Runnable end) {
    if (!(request.getAttribute(CREDENTIAL) instanceof Authenticator.Credential credential)) {
      return new UnderWay("", end);
    }
    UnderWay begun = new UnderWay(id(credential), end);
    underWay.add(begun);
    return begun;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private void look() {
    if (underWay.isEmpty()) {
      return;
    }
    // Who begins from here on is judged the next time.
    List<UnderWay> judged = List.copyOf(underWay);
    Set<String> ids = judged.stream().map(one -> one.id).collect(Collectors.toSet());
    try {
      Set<String> valid = parts.validity().of(ids, parts.clock().instant());
      for (UnderWay one : judged) {
        if (!valid.contains(one.id) && underWay.remove(one)) {
          one.end.run();
        }
      }
    } catch (DatabaseException e) {
      LOG.debug("Whether callers may go on is asked again later", e);
    } catch (RuntimeException e) {
      LOG.warn("Whether callers may go on could not be asked", e);
    }
  }

  private static String id(Authenticator.Credential credential) {
    return switch (credential) {
      case Authenticator.Credential.Bearer(String key, String _) ->
          Secret.parse(Secret.Kind.API_KEY, key).map(Secret::id).orElse("");
      case Authenticator.Credential.Cookie(String value, String _) ->
          Secret.parse(Secret.Kind.USER_SESSION, value).map(Secret::id).orElse("");
    };
  }
}
