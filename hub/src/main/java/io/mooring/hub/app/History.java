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
import io.mooring.hub.telemetry.SmallBatchMerge;
import io.mooring.hub.webhook.Webhooks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Has deleted what is older than it is kept, and what deleted devices have left. */
final class History {
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final Duration PARTITIONS_PERIOD = Duration.ofMinutes(10);
  private static final Duration MERGE_PERIOD = Duration.ofMinutes(1);
  private static final Duration DELETED_PERIOD = Duration.ofSeconds(1);

  private History() {}

  static void prune(
      DataPath path,
      Webhooks webhooks,
      Database database,
      InstantSource clock,
      HubConfig config,
      DeletedDeviceStore deleted,
      BooleanSupplier leads) {
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
    for (List<Pruner> some : all) {
      path.everyBlocking(PERIOD, ifItLeads(leads, () -> some.forEach(Pruner::sweep)));
    }
    path.everyBlocking(DELETED_PERIOD, ifItLeads(leads, deleted::sweep));
  }

  /** Makes partitions of telemetry and drops old ones, and merges small rows; returns how many. */
  static LongSupplier telemetry(
      DataPath path,
      Database database,
      InstantSource clock,
      HubConfig config,
      BooleanSupplier leads) {
    Runnable drop = ifItLeads(leads, path.retention()::drop);
    path.everyBlocking(
        PARTITIONS_PERIOD,
        () -> {
          path.retention().makeAhead();
          drop.run();
        });
    if (config.mergePercent() == 0) {
      return () -> 0;
    }
    SmallBatchMerge.Pause pause = SmallBatchMerge.Pause.forShare(config.mergePercent());
    SmallBatchMerge merge = new SmallBatchMerge(database, path.lateHours(), clock, pause);
    path.everyBlocking(MERGE_PERIOD, ifItLeads(leads, merge::sweep));
    return merge::mergedRows;
  }

  /** One hub does it for all of its database. */
  static Runnable ifItLeads(BooleanSupplier leads, Runnable task) {
    return () -> {
      if (leads.getAsBoolean()) {
        task.run();
      }
    };
  }
}
