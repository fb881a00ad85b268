package io.mooring.hub.web;

import io.mooring.hub.access.User;
import io.mooring.hub.access.UserPasswords.Verdict;
import io.mooring.hub.audit.Actor;
import io.mooring.hub.ops.Metrics.SignIn;
import io.mooring.hub.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A user's sign-in: opened by a password, which the user can change, and closed. */
final class SessionApi {
  private static final Logger LOG = LoggerFactory.getLogger(SessionApi.class);

  record Credentials(@Nullable String user, @Nullable String password) {
    @Override
    public String toString() {
      return "Credentials[user=" + user + "]";
    }
  }

  record PasswordChange(@Nullable String currentPassword, @Nullable String newPassword) {
    @Override
    public String toString() {
      return "PasswordChange[***]";
    }
  }

  record SessionView(String user, String role, boolean passwordChangeRequired) {}

  private SessionApi() {}

  static Reply get(Exchange exchange) {
    exchange.onlyQuery();
    return Reply.ok(view(user(exchange)));
  }

  static Reply signIn(Exchange exchange) {
    exchange.onlyQuery();
    Credentials body = exchange.body(Credentials.class);
    if (body.user() == null || body.password() == null) {
      throw Refusal.of(body.user() == null ? "/user" : "/password", "Needed.");
    }
    Verdict verdict = verify(exchange, body.user(), body.password());
    return switch (verdict) {
      case Verdict.Wrong(User user) -> throw refused(SignIn.WRONG, exchange, user, wrongSignIn());
      case Verdict.Disabled(User user) ->
          throw refused(SignIn.DISABLED, exchange, user, disabled());
      case Verdict.Expired(User user) -> throw refused(SignIn.EXPIRED, exchange, user, expired());
      case Verdict.Right right -> opened(exchange, right);
    };
  }

  static Reply signOut(Exchange exchange) {
    exchange.onlyQuery();
    if (Authenticator.credential(exchange.request()).orElse(null)
        instanceof Authenticator.Credential.Cookie(String value, _)) {
      var _ = exchange.parts().userSessions().close(value, exchange.actor(), exchange.now());
    }
    // Both names: the hub may have learnt of https since, or forgotten it.
    return new Reply.Nothing(
        List.of(cookie(true, "", Duration.ZERO), cookie(false, "", Duration.ZERO)));
  }

  /** Ends all sessions of the user and opens a new one in place of the caller's. */
  static Reply changePassword(Exchange exchange) {
    exchange.onlyQuery();
    PasswordChange body = exchange.body(PasswordChange.class);
    String current = body.currentPassword();
    String next = body.newPassword();
    if (current == null || next == null) {
      throw Refusal.of(current == null ? "/currentPassword" : "/newPassword", "Needed.");
    }
    User user = user(exchange);
    Text.requireClean("/newPassword", next);
    String problem = exchange.parts().passwords().problem(user, current, next);
    if (problem != null) {
      throw Refusal.of("/newPassword", problem);
    }
    return switch (verify(exchange, user.name(), current)) {
      case Verdict.Wrong(User own) ->
          throw refused(
              SignIn.WRONG,
              exchange,
              own,
              Refusal.of("/currentPassword", "This is not your password."));
      case Verdict.Disabled(User own) -> throw refused(SignIn.DISABLED, exchange, own, disabled());
      case Verdict.Expired(User own) -> throw refused(SignIn.EXPIRED, exchange, own, expired());
      case Verdict.Right right ->
          opened(
              exchange,
              exchange
                  .parts()
                  .passwords()
                  .change(right, next, exchange.actor(), exchange.now())
                  .orElseThrow(SessionApi::wrongSignIn));
    };
  }

  /** Counts failures, and asks for patience after too many. */
  private static Verdict verify(Exchange exchange, String user, String password) {
    WebParts parts = exchange.parts();
    Optional<Duration> closed = parts.throttle().attempt(user, exchange.address(), exchange.now());
    if (closed.isPresent()) {
      throw refused(SignIn.THROTTLED, exchange, null, throttled(closed.get()));
    }
    Verdict verdict;
    try {
      verdict = parts.passwords().verify(user, password, exchange.now());
    } catch (RuntimeException e) {
      // The database is away, or too many passwords wait: nobody guessed wrong.
      parts.throttle().withdraw(user, exchange.address());
      throw e;
    }
    if (!(verdict instanceof Verdict.Wrong)) {
      parts.throttle().succeeded(user, exchange.address());
    }
    return verdict;
  }

  private static Reply opened(Exchange exchange, Verdict.Right right) {
    WebParts parts = exchange.parts();
    User user = right.user();
    Actor actor = Actor.user(user.name(), exchange.address());
    Secret secret =
        parts
            .userSessions()
            .open(right, actor, exchange.now())
            .orElseThrow(SessionApi::wrongSignIn); // changed or turned off this very moment
    parts.guard().known(secret.id());
    parts.metrics().count(SignIn.OPENED);
    boolean secure = exchange.request().isSecure();
    if (!secure && saysHttps(exchange)) {
      LOG.warn(
          "{} signed in by https as it seems, yet the hub sees http and its cookie is not Secure:"
              + " name the proxy in http.trusted-proxies, or set http.secure-cookies=always",
          user.name());
    }
    String cookie = cookie(secure, secret.reveal(), parts.userSessions().lifetime());
    return new Reply.Body(HttpStatus.OK_200, Map.of("Set-Cookie", cookie), view(user));
  }

  /**
   * @param user null: not known to be one, and what was typed may be a password
   */
  private static Refusal refused(
      SignIn why, Exchange exchange, @Nullable User user, Refusal refusal) {
    exchange.parts().metrics().count(why);
    exchange
        .parts()
        .guard()
        .signInRefused(
            exchange.address(),
            refusal.problem().status(),
            why.name().toLowerCase(Locale.ROOT),
            user == null ? "" : ", user " + user.name());
    return refusal;
  }

  private static Refusal wrongSignIn() {
    return Refusal.unauthorized("The name or the password is wrong.");
  }

  private static Refusal disabled() {
    return new Refusal(
        Problem.of(
            HttpStatus.FORBIDDEN_403,
            "user-disabled",
            "This user is disabled",
            "An admin can enable it again."));
  }

  private static Refusal expired() {
    return new Refusal(
        Problem.of(
            HttpStatus.FORBIDDEN_403,
            "one-time-password-expired",
            "The one-time password has expired",
            "An admin can reset it, by hub user reset-password or the API."));
  }

  private static Refusal throttled(Duration wait) {
    long seconds = wait.plusMillis(999).toSeconds();
    return new Refusal(
        Problem.of(
            HttpStatus.TOO_MANY_REQUESTS_429,
            "too-many-sign-ins",
            "Too many failed sign-ins",
            "Wait %d seconds and try again.".formatted(seconds)),
        Map.of("Retry-After", Long.toString(seconds)));
  }

  /** By headers that prove nothing. */
  private static boolean saysHttps(Exchange exchange) {
    String origin = exchange.header("Origin");
    String forwarded = exchange.header("X-Forwarded-Proto");
    return (origin != null && origin.startsWith("https:")) || "https".equalsIgnoreCase(forwarded);
  }

  private static String cookie(boolean secure, String value, Duration lifetime) {
    return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
        .formatted(
            Authenticator.cookieName(secure),
            value,
            lifetime.toSeconds(),
            secure ? "; Secure" : "");
  }

  private static User user(Exchange exchange) {
    if (!(exchange.caller() instanceof Caller.Person(User user))) {
      throw new IllegalStateException("the route lets persons in only");
    }
    return user;
  }

  private static SessionView view(User user) {
    return new SessionView(user.name(), user.role().text(), user.mustChangePassword());
  }
}
