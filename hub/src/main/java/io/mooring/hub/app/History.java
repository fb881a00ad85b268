package io.mooring.hub.app;

import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.command.CommandService;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.job.JobService;
import io.mooring.hub.presence.PresenceStore;
import io.mooring.hub.webhook.Webhooks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Has deleted what is older than it is kept, and what deleted devices have left. */
final class History {
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final Duration DELETED_PERIOD = Duration.ofSeconds(1);

  private History() {}

  static void prune(
      DataPath path,
      Webhooks webhooks,
      Database database,
      InstantSource clock,
      HubConfig config,
      DeletedDeviceStore deleted) {
    int days = config.historyDays();
    List<List<Pruner>> all =
        List.of(
            List.of(EventStore.pruner(database, clock, days)),
            List.of(CommandService.pruner(database, clock, days)),
            JobService.pruners(database, clock, days),
            List.of(PresenceStore.pruner(database, clock, days)),
            List.of(webhooks.pruner()),
            List.of(Once.pruner(database, clock)),
            List.of(AuditStore.pruner(database, clock, config.access().auditDays())));
    all.forEach(some -> path.everyBlocking(PERIOD, () -> some.forEach(Pruner::sweep)));
    path.everyBlocking(DELETED_PERIOD, deleted::sweep);
  }
}
