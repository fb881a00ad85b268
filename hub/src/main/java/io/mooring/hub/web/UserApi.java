package io.mooring.hub.web;

import io.mooring.hub.access.Role;
import io.mooring.hub.access.User;
import io.mooring.hub.access.Users;
import io.mooring.hub.access.Users.Outcome;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Users: who may sign in to the admin page, and as what. */
final class UserApi {
  record NewUser(@Nullable String name, @Nullable String role) {}

  record UserChange(@Nullable String role, @Nullable Boolean enabled) {}

  record UserView(
      String name,
      String role,
      boolean enabled,
      Instant createdAt,
      @Nullable Instant lastSignInAt,
      boolean passwordChangeRequired,
      @Nullable Instant passwordExpiresAt,
      @Nullable String oneTimePassword) {}

  private UserApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery();
    List<UserView> users =
        exchange.parts().users().list().stream().map(user -> view(user, null)).toList();
    return Reply.ok(new DeviceApi.Page<>(users, null));
  }

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    Faults faults = new Faults();
    NewUser body = exchange.body(NewUser.class, faults);
    String name = faults.read(() -> name(body.name()), "");
    Role role = faults.read(() -> role(body.role()), Role.VIEWER);
    faults.end();
    Users.Invited invited =
        exchange
            .parts()
            .users()
            .create(name, role, exchange.once(body), exchange.actor(), exchange.now())
            .orElseThrow(() -> taken(name));
    return Reply.created("/api/v1/users/" + name, view(invited.user(), invited.password()));
  }

  static Reply get(Exchange exchange) {
    exchange.onlyQuery();
    return shown(
        exchange.parts().users().find(exchange.variable("user")).orElseThrow(UserApi::unknown));
  }

  static Reply change(Exchange exchange) {
    exchange.onlyQuery();
    UserChange body = exchange.body(UserChange.class);
    Role role = body.role() == null ? null : role(body.role());
    if (role == null && body.enabled() == null) {
      throw Refusal.of("", "Needed: role, enabled or both.");
    }
    // Turning a user off must not fail for a role that somebody else has given it meanwhile.
    if (role != null) {
      Precondition.require(exchange, "the user");
    }
    User user =
        done(
            exchange
                .parts()
                .users()
                .change(
                    exchange.variable("user"),
                    role,
                    body.enabled(),
                    Precondition.asKnown(exchange),
                    exchange.actor(),
                    exchange.now()));
    return shown(user);
  }

  static Reply delete(Exchange exchange) {
    exchange.onlyQuery();
    var _ =
        done(
            exchange
                .parts()
                .users()
                .delete(
                    exchange.variable("user"),
                    Precondition.asKnown(exchange),
                    exchange.actor(),
                    exchange.now()));
    return Reply.nothing();
  }

  static Reply resetPassword(Exchange exchange) {
    exchange.onlyQuery();
    Users.Invited invited =
        exchange
            .parts()
            .users()
            .resetPassword(exchange.variable("user"), exchange.actor(), exchange.now())
            .orElseThrow(UserApi::unknown);
    return Reply.ok(view(invited.user(), invited.password()));
  }

  private static Reply shown(User user) {
    return new Reply.Body(HttpStatus.OK_200, Precondition.tagOf(user.version()), view(user, null));
  }

  private static User done(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(User user) -> user;
      case Outcome.Unknown() -> throw unknown();
      case Outcome.Stale() -> throw Precondition.failed("The user");
      case Outcome.LastAdmin() ->
          throw new Refusal(
              Problem.of(
                  HttpStatus.CONFLICT_409,
                  "last-admin",
                  "It is the last admin",
                  "Nobody could manage the hub afterwards. Make another user an admin first."));
    };
  }

  private static Refusal unknown() {
    return Refusal.notFound("No user has this name.");
  }

  private static Refusal taken(String name) {
    return new Refusal(
        Problem.of(
            HttpStatus.CONFLICT_409,
            "user-exists",
            "The name is taken",
            "A user %s exists already, in this or another case. Choose another name."
                .formatted(name)));
  }

  private static String name(@Nullable String name) {
    if (name == null || !Users.NAME.matcher(name).matches()) {
      throw Refusal.of(
          "/name",
          "Needed: 1 to 64 characters of A-Z a-z 0-9 . _ @ - and the first a letter or digit.");
    }
    return name;
  }

  private static Role role(@Nullable String text) {
    if (text == null) {
      throw Refusal.of("/role", "Needed: one of " + roles() + ".");
    }
    return Role.find(text)
        .orElseThrow(() -> Refusal.of("/role", "No such role; there are " + roles() + "."));
  }

  private static String roles() {
    return String.join(", ", Arrays.stream(Role.values()).map(Role::text).toList());
  }

  private static UserView view(User user, @Nullable String oneTimePassword) {
    return new UserView(
        user.name(),
        user.role().text(),
        user.enabled(),
        user.createdAt(),
        user.lastSignInAt(),
        user.mustChangePassword(),
        user.passwordExpiresAt(),
        oneTimePassword);
  }
}
