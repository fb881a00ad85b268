package io.mooring.bench.part;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How the CPUs were shared between two moments. */
public final class Cpu {
  private static final int IDLE = 3;
  private static final int IOWAIT = 4;
  private static final int STEAL = 7;

  private final Map<String, Long> pids;
  private final Map<String, Long> before = new LinkedHashMap<>();
  private final long[] machineBefore = Proc.machineTicks();

  /**
   * Begins to watch.
   *
   * @param pids processes by name, each counted with all that lives below it; the generator's own
   *     need not be among them
   */
  public Cpu(Map<String, Long> pids) {
    this.pids = new TreeMap<>(pids);
    this.pids.forEach((name, pid) -> before.put(name, Proc.ticksOfTree(pid)));
    before.put("generator", Proc.ticks(ProcessHandle.current().pid()));
  }

  /**
   * Shares since the beginning, in percent of all CPUs: the processes, the generator, what others
   * used, what the host took away, and what was idle.
   */
  public Map<String, Double> shares() {
    long[] machine = Proc.machineTicks();
    long total = 0;
    for (int i = 0; i < machine.length; i++) {
      machine[i] -= machineBefore[i];
      total += machine[i];
    }
    Map<String, Double> shares = new LinkedHashMap<>();
    double unit = 100.0 / Math.max(1, total);
    double known = 0;
    for (Map.Entry<String, Long> entry : before.entrySet()) {
      Long pid = pids.get(entry.getKey());
      // Children of the generator are the other parts, so it is counted alone.
      long now = pid == null ? Proc.ticks(ProcessHandle.current().pid()) : Proc.ticksOfTree(pid);
      double share = (now - entry.getValue()) * unit;
      shares.put(entry.getKey(), share);
      known += share;
    }
    double idle = (machine[IDLE] + machine[IOWAIT]) * unit;
    double stolen = machine[STEAL] * unit;
    // Ticks are coarse: a little less than nothing is nothing.
    shares.put("others", Math.max(0, 100 - idle - stolen - known));
    shares.put("stolen", stolen);
    shares.put("idle", idle);
    return shares;
  }

  /** The shares as one line. */
  public static String line(Map<String, Double> shares) {
    return shares.entrySet().stream()
        .map(share -> "%s %.0f %%".formatted(share.getKey(), share.getValue()))
        .collect(Collectors.joining(", "))
        .toLowerCase(Locale.ROOT);
  }
}
