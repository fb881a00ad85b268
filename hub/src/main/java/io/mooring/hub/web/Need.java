package io.mooring.hub.web;

import io.mooring.hub.access.Scope;
import java.util.Set;

/** What a route asks of its caller. */
sealed interface Need {
  /** Nothing at all. */
  record Nothing() implements Need {}

  /** A user's session, also one opened by a one-time password: a key is refused. */
  record Person() implements Need {}

  /** One of these scopes. */
  record AnyOf(Set<Scope> scopes) implements Need {}

  Need NOTHING = new Nothing();
  Need PERSON = new Person();

  static Need anyOf(Scope... scopes) {
    return new AnyOf(Set.of(scopes));
  }
}
