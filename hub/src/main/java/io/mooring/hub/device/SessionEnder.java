package io.mooring.hub.device;

/** Ends what a revoked token, or a removed certificate, has opened. */
@FunctionalInterface
public interface SessionEnder {
  /** Called after the revocation is committed; must not block. */
  void endSessionsOf(int deviceKey, String credential);
}
