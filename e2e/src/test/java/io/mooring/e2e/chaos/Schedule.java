package io.mooring.e2e.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** The faults of a trial, in the order of their times. */
record Schedule(List<Fault> faults, Duration length) {
  /** What can happen. A kind occurs as often as its weight says. */
  enum Kind {
    KILL_HUB(1),
    KILL_DEVICE(3),
    KILL_POSTGRES(2),
    /** All of them in one moment. */
    POWER_CUT(1),
    FREEZE_HUB(1),
    FREEZE_DEVICE(1),
    FREEZE_POSTGRES(1),
    CUT_DEVICE(3),
    /** Nothing arrives from the device over the connection that it has. */
    HOLD_TO_HUB(1),
    HOLD_FROM_HUB(1),
    HOLD_BOTH(1),
    CUT_CALLERS(2),
    /** From here on what needs several hubs. One of them is refused by PostgreSQL. */
    CUT_POSTGRES(1),
    /** PostgreSQL does not answer one of them, and gets late what that has sent. */
    MUTE_POSTGRES(1),
    CUT_NATS(1),
    /** Neither PostgreSQL nor NATS answers one of them. */
    MUTE_BOTH(1),
    KILL_NATS(1);

    /** What can happen to a hub alone. */
    static final List<Kind> ALONE =
        List.of(
            KILL_HUB,
            KILL_DEVICE,
            KILL_POSTGRES,
            POWER_CUT,
            FREEZE_HUB,
            FREEZE_DEVICE,
            FREEZE_POSTGRES,
            CUT_DEVICE,
            HOLD_TO_HUB,
            HOLD_FROM_HUB,
            HOLD_BOTH,
            CUT_CALLERS);

    /** What is to happen to a cluster: its hubs more often, and less of what is between others. */
    static final List<Kind> CLUSTER =
        List.of(
            KILL_HUB,
            KILL_HUB,
            FREEZE_HUB,
            FREEZE_HUB,
            CUT_POSTGRES,
            MUTE_POSTGRES,
            CUT_NATS,
            MUTE_BOTH,
            KILL_NATS,
            KILL_DEVICE,
            KILL_POSTGRES,
            POWER_CUT,
            FREEZE_POSTGRES,
            CUT_DEVICE,
            CUT_CALLERS);

    private final int weight;

    /**
     * Whether what a hub has sent a moment before may be forgotten by it: as the hub dies, or as
     * the device goes to another one, which stores its session first.
     */
    boolean makesHubsForget(boolean several) {
      return switch (this) {
        case KILL_HUB,
            FREEZE_HUB,
            KILL_POSTGRES,
            FREEZE_POSTGRES,
            CUT_POSTGRES,
            MUTE_POSTGRES,
            MUTE_BOTH,
            POWER_CUT ->
            true;
        case KILL_DEVICE, FREEZE_DEVICE, CUT_DEVICE, HOLD_TO_HUB, HOLD_FROM_HUB, HOLD_BOTH ->
            several;
        case CUT_CALLERS, CUT_NATS, KILL_NATS -> false;
      };
    }

    Kind(int weight) {
      this.weight = weight;
    }
  }

  /**
   * One of them.
   *
   * @param device index of the device it strikes, where it strikes one
   * @param hub index of the hub it strikes, likewise
   * @param lasts until what was killed is started, or what was held goes on
   */
  record Fault(Duration at, Kind kind, int device, int hub, Duration lasts) {
    @Override
    public String toString() {
      return "%.1f s: %s of device %d or hub %d for %d ms"
          .formatted(at.toMillis() / 1000.0, kind, device + 1, hub + 1, lasts.toMillis());
    }
  }

  private static final int LONGEST_GAP = 2000;
  private static final int LONGEST_DOWN = 1500;

  /**
   * Either end of a connection gives up after two and a half seconds of silence, and a cluster a
   * node of its after two.
   */
  private static final int SHORT_SILENCE = 1500;

  private static final int LONG_SILENCE = 3000;

  /** Draws the faults of that time: all kinds in turns, each as often a turn as it weighs. */
  static Schedule draw(Random random, Duration length, int devices, int hubs, List<Kind> kinds) {
    List<Fault> faults = new ArrayList<>();
    Deque<Kind> bag = new ArrayDeque<>();
    Duration at = Duration.ZERO;
    while (true) {
      at = at.plusMillis(200 + random.nextInt(LONGEST_GAP));
      if (at.compareTo(length) >= 0) {
        return new Schedule(faults, length);
      }
      if (bag.isEmpty()) {
        bag.addAll(shuffled(random, kinds));
      }
      Kind kind = bag.remove();
      int device = random.nextInt(devices);
      int hub = hubs == 1 ? 0 : random.nextInt(hubs);
      faults.add(new Fault(at, kind, device, hub, lasts(random, kind)));
    }
  }

  private static List<Kind> shuffled(Random random, List<Kind> kinds) {
    List<Kind> all = new ArrayList<>();
    kinds.forEach(kind -> all.addAll(Collections.nCopies(kind.weight, kind)));
    Collections.shuffle(all, random);
    return all;
  }

  private static Duration lasts(Random random, Kind kind) {
    int chance = random.nextInt(LONGEST_DOWN);
    boolean beyondPatience = random.nextBoolean();
    return Duration.ofMillis(
        switch (kind) {
          case KILL_HUB, KILL_DEVICE, POWER_CUT -> chance;
          case FREEZE_HUB,
              FREEZE_DEVICE,
              FREEZE_POSTGRES,
              HOLD_TO_HUB,
              HOLD_FROM_HUB,
              HOLD_BOTH,
              CUT_POSTGRES,
              MUTE_POSTGRES,
              CUT_NATS,
              MUTE_BOTH,
              KILL_NATS ->
              beyondPatience ? LONG_SILENCE + chance : chance % SHORT_SILENCE;
          case KILL_POSTGRES, CUT_DEVICE, CUT_CALLERS -> 0;
        });
  }
}
