package io.mooring.hub.webhook;

import io.mooring.hub.ops.WebhookMetrics;
import io.mooring.hub.webhook.DeliveryQueries.Counts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lanes of all webhooks. Used by one thread. */
final class Lanes {
  private final Map<String, Lane> lanes = new LinkedHashMap<>();

  /** Takes over what is in the tables; who is not there any more is forgotten. */
  void refresh(List<Webhook> webhooks, Map<String, Counts> counts) {
    Set<String> there = new HashSet<>();
    for (Webhook webhook : webhooks) {
      lanes
          .computeIfAbsent(webhook.id(), _ -> new Lane(webhook))
          .refresh(webhook, counts.getOrDefault(webhook.id(), Counts.NONE).pending());
      there.add(webhook.id());
    }
    lanes.keySet().retainAll(there);
  }

  Collection<Lane> all() {
    return lanes.values();
  }

  /** Null: it is deleted. */
  @Nullable Lane of(String webhook) {
    return lanes.get(webhook);
  }

  boolean isEmpty() {
    return lanes.isEmpty();
  }

  boolean anyUnderWay() {
    return lanes.values().stream().anyMatch(lane -> !lane.underWay().isEmpty());
  }

  /** Who wants events after which position: those that are equally far share the reading. */
  Map<Long, List<EventTakeWrites.Wanting>> wanting(int queue) {
    Map<Long, List<EventTakeWrites.Wanting>> byPosition = new LinkedHashMap<>();
    for (Lane lane : lanes.values()) {
      int room = lane.room(queue);
      if (room > 0) {
        byPosition
            .computeIfAbsent(lane.position(), _ -> new ArrayList<>())
            .add(new EventTakeWrites.Wanting(lane.webhook(), room));
      }
    }
    return byPosition;
  }

  WebhookMetrics.Figures figures(int queue) {
    long waiting = 0;
    int heldBack = 0;
    int failing = 0;
    int disabled = 0;
    for (Lane lane : lanes.values()) {
      waiting += lane.waiting();
      heldBack += lane.isHeldBack(queue) ? 1 : 0;
      disabled += lane.webhook().enabled() ? 0 : 1;
      failing += lane.webhook().enabled() && lane.failingSince() != null ? 1 : 0;
    }
    int working = lanes.size() - disabled - failing;
    return new WebhookMetrics.Figures(working, failing, disabled, heldBack, waiting);
  }
}
