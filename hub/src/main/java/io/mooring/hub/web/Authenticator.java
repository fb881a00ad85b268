package io.mooring.hub.web;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.access.User;
import io.mooring.hub.secret.Secret;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;

/** Finds out who makes a request and whether they may. */
final class Authenticator {
  /** What a request presents; kept by event streams, which ask again as they go. */
  sealed interface Credential {
    record Bearer(String key, String address) implements Credential {
      @Override
      public String toString() {
        return "Bearer[***]";
      }
    }

    record Cookie(String value, String address) implements Credential {
      @Override
      public String toString() {
        return "Cookie[***]";
      }
    }
  }

  private final WebParts parts;

  Authenticator(WebParts parts) {
    this.parts = parts;
  }

  /**
   * The session cookie's name. Over https it is one that browsers let nobody set but this very host
   * by https, so no neighbouring site can slip a session of its own under somebody.
   */
  static String cookieName(boolean secure) {
    return secure ? "__Host-mooring_session" : "mooring_session";
  }

  /** An Authorization header goes before a cookie. */
  static Optional<Credential> credential(Request request) {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header != null) {
      if (!header.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
        throw Refusal.unauthorized("Send an API key as `Authorization: Bearer mrk_…`.");
      }
      return Optional.of(
          new Credential.Bearer(
              header.substring("bearer ".length()).strip(), Exchange.address(request)));
    }
    String name = cookieName(request.isSecure());
    return Request.getCookies(request).stream()
        .filter(cookie -> cookie.getName().equals(name))
        .map(HttpCookie::getValue)
        .findFirst()
        .map(value -> new Credential.Cookie(value, Exchange.address(request)));
  }

  /** Who it is; refuses with 401. */
  Caller caller(Credential credential) {
    return switch (credential) {
      case Credential.Bearer(String key, String address) -> integrator(key, address);
      case Credential.Cookie(String value, String address) -> person(value, address);
    };
  }

  private Caller integrator(String key, String address) {
    parts.guard().admit(Secret.Kind.API_KEY, key, address);
    return switch (parts.keys().authenticate(key, address, parts.clock().instant())) {
      case ApiKeys.Result.Authenticated(var known) -> {
        parts.guard().known(known.id());
        yield new Caller.Integrator(known);
      }
      case ApiKeys.Result.Refused(var reason, var id) -> {
        if (reason == ApiKeys.Reason.UNKNOWN) {
          parts.guard().guessed(address);
        }
        String which = id == null ? "" : ", API key " + id;
        if (id != null) {
          parts.guard().refused(address, id);
        }
        parts
            .guard()
            .refused(
                address,
                HttpStatus.UNAUTHORIZED_401,
                reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                which);
        throw Refusal.unauthorized(why(reason));
      }
    };
  }

  /** A cookie whose session has ended counts as a guess: the two cannot be told apart. */
  private Caller person(String cookie, String address) {
    parts.guard().admit(Secret.Kind.USER_SESSION, cookie, address);
    Optional<User> user = parts.userSessions().authenticate(cookie, parts.clock().instant());
    Optional<Secret> presented = Secret.parse(Secret.Kind.USER_SESSION, cookie);
    if (user.isEmpty()) {
      presented.ifPresent(_ -> parts.guard().guessed(address));
      parts.guard().sessionEnded();
      throw Refusal.unauthorized("The session has ended. Sign in again.");
    }
    presented.ifPresent(secret -> parts.guard().known(secret.id()));
    return new Caller.Person(user.get());
  }

  /** Refuses with 403 what the caller may not. */
  static void require(Need need, Caller caller) {
    switch (need) {
      case Need.Nothing() -> {}
      case Need.Person() -> {
        if (!(caller instanceof Caller.Person)) {
          throw Refusal.forbidden("This is about a user's session; an API key has none.");
        }
      }
      case Need.AnyOf(var scopes) -> {
        if (caller instanceof Caller.Person(User user) && user.mustChangePassword()) {
          throw passwordToBeChanged();
        }
        if (!caller.mayAny(scopes)) {
          throw Refusal.forbidden(
              scopes.stream()
                  .map(Scope::text)
                  .sorted()
                  .collect(
                      Collectors.joining(
                          " or ", "This needs the scope ", ", which you have not been given.")));
        }
      }
    }
  }

  private static Refusal passwordToBeChanged() {
    return new Refusal(
        Problem.of(
            HttpStatus.FORBIDDEN_403,
            "password-change-required",
            "Choose a password of your own first",
            "You signed in with a one-time password. Change it by POST /api/v1/session/password;"
                + " until then it opens nothing else."));
  }

  private static String why(ApiKeys.Reason reason) {
    return switch (reason) {
      case MALFORMED -> "This is not an API key, or it was cut off: its checksum does not fit.";
      case UNKNOWN -> "The hub does not know this API key.";
      case REVOKED -> "This API key has been revoked.";
      case EXPIRED -> "This API key has expired.";
    };
  }
}
