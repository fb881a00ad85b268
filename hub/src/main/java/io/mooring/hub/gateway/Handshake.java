package io.mooring.hub.gateway;

import io.mooring.hub.session.Sessions;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Decides by its headers whether a peer may open a session, and as which device. */
@FunctionalInterface
public interface Handshake {
  /** Neither blocks nor fails. */
  CompletableFuture<Decision> decide(@Nullable String authorization, String address);

  /** The outcome. */
  sealed interface Decision {
    record Welcome(Sessions.Identity identity) implements Decision {}

    record Refused(Refusal refusal) implements Decision {}
  }
}
