package io.mooring.hub.device;

/** Ends what a revoked token has opened. */
@FunctionalInterface
public interface SessionEnder {
  /** Called after the revocation is committed; must not block. */
  void endSessionsOf(int deviceKey, String tokenId);
}
