package io.mooring.hub.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether this hub should be sent work. Alive is a hub that answers at all; ready is one of which
 * every check holds. Checks run on the asking thread, so each must end within a second or two.
 */
public final class Health {
  /** One condition of being ready. */
  @FunctionalInterface
  public interface Check {
    /** Empty when it holds, else the reason in one sentence. */
    Optional<String> problem();
  }

  /**
   * The answer.
   *
   * @param checks by name: {@code ok}, or the reason why not; notes among them
   */
  public record Report(boolean ready, Map<String, String> checks) {}

  private record Named(String name, Check check, boolean isCondition) {}

  private final CopyOnWriteArrayList<Named> checks = new CopyOnWriteArrayList<>();

  /** Adds a condition, such as {@code database}. */
  public void add(String name, Check check) {
    checks.add(new Named(name, check, true));
  }

  /** Adds something worth knowing without which the hub is ready all the same. */
  public void note(String name, Check check) {
    checks.add(new Named(name, check, false));
  }

  /** Runs every check; one that throws does not hold. */
  public Report report() {
    Map<String, String> results = new LinkedHashMap<>();
    boolean ready = true;
    for (Named named : checks) {
      Optional<String> problem = run(named.check);
      ready &= problem.isEmpty() || !named.isCondition;
      results.put(named.name, problem.orElse("ok"));
    }
    return new Report(ready, results);
  }

  private static Optional<String> run(Check check) {
    try {
      return check.problem();
    } catch (RuntimeException e) {
      return Optional.of(e.toString());
    }
  }
}
