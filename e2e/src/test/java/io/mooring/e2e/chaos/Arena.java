package io.mooring.e2e.chaos;

import io.mooring.e2e.chaos.Schedule.Fault;
import io.mooring.e2e.harness.Line;
import io.mooring.e2e.harness.Line.Way;
import io.mooring.e2e.harness.Postgres;
import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Hubs, PostgreSQL, devices and the lines between them, each of which can be struck. Belongs to the
 * test's thread.
 */
final class Arena implements AutoCloseable {
  /** So few that some commands are given up, and so many that most are not. */
  static final int ATTEMPTS = 3;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "MOORING_SESSION_HEARTBEAT_INTERVAL",
          "1s",
          "MOORING_LIMITS_COMMAND_ANSWER_SECONDS",
          "5",
          "MOORING_LIMITS_COMMAND_ATTEMPTS",
          Integer.toString(ATTEMPTS),
          "MOORING_LIMITS_COMMANDS_OPEN",
          "60");
  private static final long LOOK_MILLIS = 20;

  /** Something to be done at its time. */
  private record Due(long at, Runnable task) {}

  private final Stage stage;
  private final Planted planted;
  private final Hubs hubs;
  private final Line callers;
  private final List<Witness> devices = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<Strike> strikes = new ArrayList<>();
  private final PriorityQueue<Due> later = new PriorityQueue<>(Comparator.comparingLong(Due::at));

  Arena(Stage stage, int hubCount, int deviceCount, Planted planted) {
    this.stage = stage;
    this.planted = planted;
    // Else each recovery begins by forcing every single file to the disk.
    stage.postgres().set("recovery_init_sync_method", "syncfs");
    hubs = Hubs.start(stage, hubCount, SETTINGS);
    callers = new Line(hubs::port, _ -> Line.Tamper.NONE);
    for (int i = 1; i <= deviceCount; i++) {
      devices.add(new Witness(stage, hubs, "device-" + i, planted));
    }
    planted.prepare(stage.postgres(), hubs.database());
  }

  Hubs hubs() {
    return hubs;
  }

  /** Between the callers and the hubs. */
  Line callers() {
    return callers;
  }

  List<Witness> devices() {
    return devices;
  }

  /** What has ended by itself. */
  List<Finding> findings() {
    return findings;
  }

  String starts() {
    return "hubs started %s times, devices %s"
        .formatted(
            hubs.processes().stream().map(Kept::starts).toList(),
            devices.stream().map(device -> device.process().starts()).toList());
  }

  /** The faults that have struck. */
  List<Strike> strikes() {
    return strikes;
  }

  /** Lets all faults happen at their times; returns when their time is over. */
  void suffer(Schedule schedule) throws InterruptedException {
    Pace pace = new Pace();
    List<Fault> due = new ArrayList<>(schedule.faults());
    Duration patience = schedule.length().multipliedBy(5).plusMinutes(5);
    boolean over =
        watchUntil(
            () -> {
              Duration now = pace.look(hubs.isAnyReady());
              List<Fault> struck =
                  due.stream()
                      .filter(fault -> fault.at().compareTo(now) <= 0 && struck(fault))
                      .toList();
              due.removeAll(struck);
              return now.compareTo(schedule.length()) >= 0;
            },
            patience);
    if (!over) {
      findings.add(new Finding(Rule.HEALTH, "no hub was ready for most of " + patience));
    }
  }

  /** Waits until nothing is held any more and everything runs. */
  void recover(Duration patience) throws InterruptedException {
    boolean recovered =
        watchUntil(
            () -> later.isEmpty() && kept().allMatch(Kept::isUp) && hubs.areAllReady(), patience);
    if (!recovered) {
      findings.add(new Finding(Rule.HEALTH, "not everything runs again " + patience + " later"));
    }
    stage.postgres().awaitRecovery();
  }

  /** Looks after all processes meanwhile. False: the patience is used up. */
  boolean watchUntil(BooleanSupplier done, Duration patience) throws InterruptedException {
    long giveUp = System.nanoTime() + patience.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - giveUp > 0) {
        return false;
      }
      for (Due due = later.peek();
          due != null && System.nanoTime() - due.at() >= 0;
          due = later.peek()) {
        later.remove().task().run();
      }
      kept()
          .forEach(
              process -> {
                Finding wrong = process.look();
                if (wrong != null) {
                  findings.add(wrong);
                }
              });
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return true;
  }

  private Stream<Kept> kept() {
    return Stream.concat(hubs.processes().stream(), devices.stream().map(Witness::process));
  }

  /** False: what it would strike is away for now. */
  private boolean struck(Fault fault) {
    if (!isThere(fault)) {
      return false;
    }
    System.err.println(fault);
    strikes.add(new Strike(fault.kind(), Instant.now(), hubs.areSeveral()));
    strike(fault);
    return true;
  }

  private boolean isThere(Fault fault) {
    Witness device = devices.get(fault.device());
    return switch (fault.kind()) {
      case KILL_HUB, FREEZE_HUB, CUT_POSTGRES, MUTE_POSTGRES, CUT_NATS, MUTE_BOTH, KILL_NATS ->
          hubs.canStrike(fault.kind(), fault.hub());
      case KILL_DEVICE ->
          device.process().isUp() && (!planted.isShownByWork() || device.isAtWork());
      case FREEZE_DEVICE -> device.process().isUp();
      case KILL_POSTGRES, FREEZE_POSTGRES -> stage.postgres().isUp();
      case POWER_CUT -> stage.postgres().isUp() && kept().allMatch(Kept::isUp);
      case CUT_DEVICE, HOLD_TO_HUB, HOLD_FROM_HUB, HOLD_BOTH -> device.line().isUsed();
      case CUT_CALLERS -> callers.isUsed();
    };
  }

  private void strike(Fault fault) {
    Witness device = devices.get(fault.device());
    Postgres postgres = stage.postgres();
    switch (fault.kind()) {
      case KILL_HUB -> hubs.process(fault.hub()).kill(fault.lasts());
      case KILL_DEVICE -> device.process().kill(fault.lasts());
      case KILL_POSTGRES -> postgres.kill();
      case POWER_CUT -> {
        postgres.kill();
        kept().forEach(process -> process.kill(fault.lasts()));
      }
      case FREEZE_HUB -> until(fault, hubs.process(fault.hub()).freeze());
      case FREEZE_DEVICE -> until(fault, device.process().freeze());
      case FREEZE_POSTGRES -> until(fault, postgres.pause()::close);
      case CUT_DEVICE -> device.line().cut();
      case HOLD_TO_HUB -> until(fault, device.line().hold(Set.of(Way.TO_SERVER)));
      case HOLD_FROM_HUB -> until(fault, device.line().hold(Set.of(Way.FROM_SERVER)));
      case HOLD_BOTH -> until(fault, device.line().hold(Set.of(Way.TO_SERVER, Way.FROM_SERVER)));
      case CUT_CALLERS -> callers.cut();
      case CUT_POSTGRES, MUTE_POSTGRES, CUT_NATS, MUTE_BOTH ->
          until(fault, hubs.cutOff(fault.kind(), fault.hub()));
      case KILL_NATS -> until(fault, hubs.killNats());
    }
  }

  private void until(Fault fault, Runnable undo) {
    later.add(new Due(System.nanoTime() + fault.lasts().toNanos(), undo));
  }

  @Override
  public void close() {
    callers.close();
    devices.forEach(Witness::close);
    stage.postgres().resetAll();
  }
}
