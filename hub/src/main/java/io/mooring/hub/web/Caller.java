package io.mooring.hub.web;

import io.mooring.hub.access.ApiKey;
import io.mooring.hub.access.Operator;
import io.mooring.hub.access.Scope;
import java.util.Set;

/** Who makes a request. */
sealed interface Caller {
  /** Names it among all callers: idempotency keys belong to it, logs name it. */
  String name();

  Set<Scope> scopes();

  /** An integrator. */
  record Integrator(ApiKey key) implements Caller {
    @Override
    public String name() {
      return "key:" + key.id();
    }

    @Override
    public Set<Scope> scopes() {
      return key.scopes();
    }
  }

  /** Somebody at the admin page. */
  record Person(Operator operator) implements Caller {
    @Override
    public String name() {
      return "operator:" + operator.name();
    }

    @Override
    public Set<Scope> scopes() {
      return operator.role().scopes();
    }
  }

  /** Whether it has one of these scopes; {@link Scope#ADMIN} has all. */
  default boolean mayAny(Set<Scope> wanted) {
    return scopes().contains(Scope.ADMIN) || wanted.stream().anyMatch(scopes()::contains);
  }
}
