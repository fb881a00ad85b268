package io.mooring.hub.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import io.mooring.hub.db.DatabaseException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class OpsTest {
  @Test
  void writesMetricsAsText() throws IOException {
    Metrics metrics = new Metrics();
    metrics.sessionsClosed.labelValues("drain").inc();
    metrics.commitSeconds.observe(0.003);
    metrics.watch(Metrics.Source.NONE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    metrics.write(out);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("mooring_sessions_closed_total{reason=\"drain\"} 1.0")
        .contains("mooring_commit_seconds_bucket{le=\"0.005\"} 1")
        .contains("mooring_sessions 0.0")
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

  @Test
  void aLineOfTextEndsWithItsLastWord() throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(OpsTest.class.getResource("/logback.xml"));
    Logger logger = context.getLogger("io.mooring.Test");
    var console = (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("console");
    LoggingEvent event = new LoggingEvent("x", logger, Level.INFO, "hello", null, null);
    assertThat(new String(console.getEncoder().encode(event), StandardCharsets.UTF_8))
        .endsWith("Test hello" + System.lineSeparator());
    event.setKeyValuePairs(List.of(new KeyValuePair("wait", 5)));
    assertThat(new String(console.getEncoder().encode(event), StandardCharsets.UTF_8))
        .endsWith("Test hello wait=\"5\"" + System.lineSeparator());
    context.stop();
  }

  /** Each of thousands of sessions may end too late; a database that refuses one is news. */
  @Test
  void whatIsNotStoredBecauseTheHubGoesDownIsNoError() {
    assertThat(DatabaseException.unavailable("the hub is going down").severity())
        .isEqualTo(org.slf4j.event.Level.DEBUG);
    assertThat(new DatabaseException(new SQLException("no such column", "42703")).severity())
        .isEqualTo(org.slf4j.event.Level.ERROR);
  }
}
