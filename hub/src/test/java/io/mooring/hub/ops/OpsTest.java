package io.mooring.hub.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.status.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpsTest {
  @Test
  void writesMetricsAsText() throws IOException {
    Metrics metrics = new Metrics();
    metrics.sessionsClosed.labelValues("drain").inc();
    metrics.commitSeconds.observe(0.003);
    metrics.watch(new Metrics.Source(() -> 7, () -> 0, () -> 0, () -> 0, () -> 0));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    metrics.write(out);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("mooring_sessions_closed_total{reason=\"drain\"} 1.0")
        .contains("mooring_commit_seconds_bucket{le=\"0.005\"} 1")
        .contains("mooring_sessions 7.0")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  void isReadyOnlyWhenEveryCheckHolds() {
    Health health = new Health();
    health.add("database", Optional::empty);
    assertThat(health.report().ready()).isTrue();
    health.add("draining", () -> Optional.of("the hub is shutting down"));
    health.add(
        "broken",
        () -> {
          throw new IllegalStateException("boom");
        });
    Health.Report report = health.report();
    assertThat(report.ready()).isFalse();
    assertThat(report.checks())
        .containsEntry("database", "ok")
        .containsEntry("draining", "the hub is shutting down")
        .hasEntrySatisfying("broken", reason -> assertThat(reason).contains("boom"));
  }

  /** A warning at its start would make logback print its whole start-up over every command. */
  @Test
  void loggingStartsWithoutAWord() throws Exception {
    for (String format : new String[] {"text", "json"}) {
      LoggerContext context = new LoggerContext();
      context.putProperty("MOORING_LOG_FORMAT", format);
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(OpsTest.class.getResource("/logback.xml"));
      assertThat(context.getStatusManager().getCopyOfStatusList())
          .as(format)
          .filteredOn(status -> status.getEffectiveLevel() > Status.INFO)
          .isEmpty();
      assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console")).isNotNull();
      context.stop();
    }
  }
}
