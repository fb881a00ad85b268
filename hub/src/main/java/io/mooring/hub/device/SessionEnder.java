package io.mooring.hub.device;

/**
 * Ends what a revoked token, or a removed certificate, has opened; hears of tokens that are made.
 */
@FunctionalInterface
public interface SessionEnder {
  /** Called after the token is committed and before its device learns of it; must not block. */
  default void issued(String credential) {}

  /** Called after the revocation is committed; must not block. */
  void endSessionsOf(int deviceKey, String credential);
}
