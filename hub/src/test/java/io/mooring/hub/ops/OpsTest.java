package io.mooring.hub.ops;

import static org.assertj.core.api.Assertions.assertThat;

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
}
