package io.mooring.hub.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request, as far as each of its parts can be judged by itself: so that it is
 * mended at once and not one part after another. Nothing is done before {@link #end}.
 */
final class Faults {
  /** More are of no help. */
  static final int MOST = 20;

  private final List<Problem.Fault> found = new ArrayList<>();

  /** Notes one; a part, or what it lies in, has no more than one. */
  void add(Problem.Fault fault) {
    String pointer = fault.pointer();
    boolean told =
        found.stream()
            .map(Problem.Fault::pointer)
            .anyMatch(one -> pointer.equals(one) || pointer.startsWith(one + "/"));
    if (!told && found.size() < MOST) {
      found.add(fault);
    }
  }

  /** Reads a part; what a wrong one is taken for must be harmless to the other parts. */
  <T> T read(Supplier<T> part, T wrong) {
    try {
      return part.get();
    } catch (Refusal refusal) {
      note(refusal);
      return wrong;
    }
  }

  /** Reads a part that may be left out; a wrong one is taken for one that is. */
  <T> @Nullable T readOptional(Supplier<@Nullable T> part) {
    try {
      return part.get();
    } catch (Refusal refusal) {
      note(refusal);
      return null;
    }
  }

  /** Looks at a part. */
  void look(Runnable part) {
    try {
      part.run();
    } catch (Refusal refusal) {
      note(refusal);
    }
  }

  /** Reads what is read last, and refuses, if anything is wrong. */
  <T> T last(Supplier<T> part) {
    try {
      T value = part.get();
      end();
      return value;
    } catch (Refusal refusal) {
      note(refusal);
      throw refusal();
    }
  }

  /** Takes over what a part was refused for; another refusal than that ends it all. */
  private void note(Refusal refusal) {
    List<Problem.Fault> errors = refusal.problem().errors();
    if (errors == null) {
      throw refusal;
    }
    errors.forEach(this::add);
  }

  /** Refuses, if anything is wrong. */
  void end() {
    if (!found.isEmpty()) {
      throw refusal();
    }
  }

  Refusal refusal() {
    return new Refusal(Problem.invalid(found));
  }
}
