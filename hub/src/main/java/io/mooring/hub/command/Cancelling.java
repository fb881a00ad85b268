package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.BatchWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Commands about to be cancelled while their devices' sessions go on. Safe for all threads. */
final class Cancelling {
  private final BatchWriter writer;
  private final InstantSource clock;
  private final Map<Integer, DeviceQueue> queues;

  /** Not sent any more, as the table may be read before the commit. */
  private final Set<UUID> withheld = ConcurrentHashMap.newKeySet();

  Cancelling(BatchWriter writer, InstantSource clock, Map<Integer, DeviceQueue> queues) {
    this.writer = writer;
    this.clock = clock;
    this.queues = queues;
  }

  boolean isWithheld(UUID id) {
    return withheld.contains(id);
  }

  /**
   * From now on the command is not sent; if it was sent a moment ago, that is in the table before.
   *
   * @param by whom the audit log is to name; null: nobody
   * @param onlyOn only while no other node than this holds the device's session; null: whoever does
   */
  CommandChange cancel(
      UUID id, int deviceKey, String caller, @Nullable Actor by, @Nullable String onlyOn) {
    CommandChange change = CommandChange.cancelled(id, deviceKey, caller, by, clock.instant());
    change.onlyOn = onlyOn;
    Runnable handOver =
        () -> {
          withheld.add(id);
          writer.submit(change);
        };
    DeviceQueue queue = queues.get(deviceKey);
    if (queue == null) {
      handOver.run();
    } else {
      queue.still(handOver);
    }
    var _ = change.settled.whenComplete((_, _) -> settled(id, deviceKey));
    return change;
  }

  private void settled(UUID id, int deviceKey) {
    withheld.remove(id);
    DeviceQueue queue = queues.get(deviceKey);
    if (queue != null) {
      queue.settled();
    }
  }
}
