package io.mooring.hub.testing;

import io.mooring.hub.audit.Actor;

/** Who makes the changes of tests. */
public final class Actors {
  public static final Actor ANNA = Actor.user("anna", "192.0.2.7");
  public static final Actor BERT = Actor.key("bertskey", "bert", "192.0.2.8");

  private Actors() {}
}
