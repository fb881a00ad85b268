package io.mooring.hub.web;

import io.mooring.hub.access.ApiKey;
import io.mooring.hub.access.Scope;
import io.mooring.hub.access.User;
import io.mooring.hub.audit.Actor;
import java.util.Set;

/** Who makes a request. */
sealed interface Caller {
  /** As the audit log names it; idempotency keys belong to it too. */
  Actor at(String address);

  Set<Scope> scopes();

  /** An integrator. */
  record Integrator(ApiKey key) implements Caller {
    @Override
    public Actor at(String address) {
      return Actor.key(key.id(), key.name(), address);
    }

    @Override
    public Set<Scope> scopes() {
      return key.scopes();
    }
  }

  /** Somebody at the admin page. */
  record Person(User user) implements Caller {
    @Override
    public Actor at(String address) {
      return Actor.user(user.name(), address);
    }

    /** None while the password is a one-time one. */
    @Override
    public Set<Scope> scopes() {
      return user.mustChangePassword() ? Set.of() : user.role().scopes();
    }
  }

  /** Whether it has one of these scopes; {@link Scope#ADMIN} has all. */
  default boolean mayAny(Set<Scope> wanted) {
    return scopes().contains(Scope.ADMIN) || wanted.stream().anyMatch(scopes()::contains);
  }
}
