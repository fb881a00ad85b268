package io.mooring.hub.gateway;

import io.mooring.hub.session.Sessions;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Decides by its headers whether a peer may open a session, and as which device. */
@FunctionalInterface
public interface Handshake {
  /** Neither blocks nor fails. */
  CompletableFuture<Decision> decide(@Nullable String authorization, String address);

  /** The same by a certificate that TLS has found valid, and the peer's own. */
  default CompletableFuture<Decision> decideByCertificate(
      X509Certificate certificate, String address) {
    return CompletableFuture.completedFuture(new Decision.Refused(Refusal.NO_TOKEN));
  }

  /**
   * Whom this lets in may meet a limit yet, and others meet one before this is asked: to be logged,
   * at next to no cost.
   *
   * @param device null: not known
   */
  default void limited(String reason, Refusal refusal, String address, @Nullable String device) {}

  /** The outcome. */
  sealed interface Decision {
    record Welcome(Sessions.Identity identity) implements Decision {}

    record Refused(Refusal refusal) implements Decision {}
  }
}
