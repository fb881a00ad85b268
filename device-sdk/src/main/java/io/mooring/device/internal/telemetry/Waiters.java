package io.mooring.device.internal.telemetry;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Who waits for batches of a stream, by the numbers of these. */
final class Waiters {
  private final TreeMap<Long, List<CompletableFuture<Void>>> bySeq = new TreeMap<>();

  void add(long seq, List<CompletableFuture<Void>> waiting) {
    if (!waiting.isEmpty()) {
      bySeq.put(seq, waiting);
    }
  }

  List<CompletableFuture<Void>> of(long seq) {
    return bySeq.getOrDefault(seq, List.of());
  }

  void remove(long seq) {
    bySeq.remove(seq);
  }

  /** Forgets those who wait for what the segment held, and returns them. */
  List<CompletableFuture<Void>> take(StoredSegment segment) {
    List<CompletableFuture<Void>> taken = new ArrayList<>();
    Iterator<Map.Entry<Long, List<CompletableFuture<Void>>>> next =
        bySeq.tailMap(segment.firstSeq, true).entrySet().iterator();
    while (next.hasNext()) {
      Map.Entry<Long, List<CompletableFuture<Void>>> waiting = next.next();
      if (!segment.contains(waiting.getKey())) {
        break;
      }
      taken.addAll(waiting.getValue());
      next.remove();
    }
    return taken;
  }

  List<CompletableFuture<Void>> all() {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (List<CompletableFuture<Void>> waiting : bySeq.values()) {
      all.addAll(waiting);
    }
    return all;
  }
}
