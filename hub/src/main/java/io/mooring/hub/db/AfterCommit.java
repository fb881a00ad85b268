package io.mooring.hub.db;

import java.util.Collection;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows a commit. */
public final class AfterCommit {
  private static final Logger LOG = LoggerFactory.getLogger(AfterCommit.class);

  private AfterCommit() {}

  /** Tells each; one that fails is logged and keeps no other from hearing of its own. */
  public static <T> void each(Collection<T> writes, Consumer<T> tell) {
    for (T write : writes) {
      try {
        tell.accept(write);
      } catch (RuntimeException e) {
        LOG.error("What follows a commit failed", e);
      }
    }
  }
}
