package io.mooring.e2e.chaos;

import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Callers send commands while the arena suffers; then all accounts are compared. */
final class Trial implements AutoCloseable {
  private static final int DEVICES = 3;
  private static final int CALLERS = 4;

  /** Until everything runs again after the last fault, and all callers have their answers. */
  private static final Duration RECOVERY = Duration.ofMinutes(4);

  private static final Duration LOOK = Duration.ofMillis(250);

  /** Until everybody knows of the last change. */
  private static final Duration SETTLED = Duration.ofSeconds(20);

  private static final String ONLINE = "SELECT count(*) FROM presence WHERE state = 'online'";
  private static final String SESSIONS = "SELECT count(*) FROM session WHERE closed_at IS NULL";
  private static final String OPEN =
      "SELECT id FROM command WHERE state IN ('queued', 'sent', 'received')";

  private final Schedule schedule;
  private final Arena arena;
  private final List<String> ids;
  private final List<Caller> callers = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  /** Starts so many hubs, and the devices. */
  Trial(Stage stage, int hubs, Planted planted, List<Schedule.Kind> kinds, Duration length) {
    Random random = stage.random();
    schedule = Schedule.draw(new Random(random.nextLong()), length, DEVICES, hubs, kinds);
    arena = new Arena(stage, hubs, DEVICES, planted);
    ids = arena.devices().stream().map(Witness::id).toList();
    for (int i = 1; i <= CALLERS; i++) {
      callers.add(
          new Caller(
              i, arena.hubs().first().api(arena.callers()), ids, new Random(random.nextLong())));
    }
  }

  /**
   * Lets it all happen.
   *
   * @param patience how long commands may stay without an end once everything runs
   */
  Verdict run(Duration patience) throws InterruptedException {
    callers.forEach(Caller::start);
    arena.suffer(schedule);
    callers.forEach(Caller::stop);
    arena.recover(RECOVERY);
    if (!arena.watchUntil(() -> callers.stream().allMatch(Caller::hasEnded), RECOVERY)) {
      throw new IllegalStateException("callers still wait " + RECOVERY + " later");
    }
    lastOnes();
    long giveUp = System.nanoTime() + patience.toNanos();
    while (!arena.hubs().database().column(OPEN).isEmpty() && System.nanoTime() - giveUp < 0) {
      arena.watchUntil(() -> false, LOOK);
    }
    presence(patience.compareTo(SETTLED) < 0 ? patience : SETTLED);
    findings.addAll(arena.findings());
    callers.forEach(caller -> findings.addAll(caller.findings()));
    Accounts accounts = accounts();
    findings.addAll(Judge.findings(accounts, arena.strikes()));
    Verdict verdict = new Verdict(accounts, arena.strikes(), findings);
    System.err.printf("%s; %s; %s%n", verdict, calls(), arena.starts());
    return verdict;
  }

  /**
   * One more for each device: once it has ended, the device is through with all before it, also
   * with what the hub has given up, and the hub has acknowledged it.
   */
  private void lastOnes() throws InterruptedException {
    Caller last = new Caller(CALLERS + 1, arena.hubs().first().api(), ids, new Random());
    for (int device = 0; device < DEVICES; device++) {
      last.carryOut(Choice.plain(device));
    }
    callers.add(last);
  }

  /** All devices are connected now: everybody knows, and nobody believes in another session. */
  private void presence(Duration settled) throws InterruptedException {
    String wanted = Integer.toString(DEVICES);
    boolean isTrue =
        arena.watchUntil(
            () ->
                arena.hubs().database().column(ONLINE).equals(List.of(wanted))
                    && arena.hubs().database().column(SESSIONS).equals(List.of(wanted))
                    && arena.hubs().sessions() == DEVICES,
            settled);
    if (!isTrue) {
      findings.add(
          new Finding(
              Rule.PRESENCE,
              "of %s devices %s are online, with %s sessions in the table and %s at the hubs"
                  .formatted(
                      wanted,
                      arena.hubs().database().column(ONLINE),
                      arena.hubs().database().column(SESSIONS),
                      arena.hubs().sessions())));
    }
  }

  private Accounts accounts() {
    List<Journal> journals = new ArrayList<>();
    List<Testimony> testimonies = new ArrayList<>();
    List<Row> rows = Row.all(arena.hubs().database());
    for (Witness device : arena.devices()) {
      int code = device.process().stop();
      if (code != 0) {
        findings.add(new Finding(Rule.HEALTH, device.id() + " stopped with code " + code));
      }
      testimonies.add(Testimony.of(device));
      journals.add(Journal.of(device, rows.stream().map(Row::id).toList()));
    }
    List<Told> told = callers.stream().flatMap(caller -> caller.told().stream()).toList();
    return new Accounts(rows, told, testimonies, journals);
  }

  private String calls() {
    return "%d answers lost, %d requests put off"
        .formatted(
            callers.stream().mapToInt(Caller::lost).sum(),
            callers.stream().mapToInt(Caller::putOff).sum());
  }

  @Override
  public void close() {
    arena.close();
  }
}
