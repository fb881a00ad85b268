package io.mooring.hub.testing;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Listen;
import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.gateway.DeviceHandler;
import io.mooring.hub.gateway.Handshake;
import io.mooring.hub.gateway.HubConnector;
import io.mooring.hub.gateway.Refusal;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.session.Sessions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The data path behind the hub's own connector on a real PostgreSQL, without the REST side. A token
 * is simply the device's id: how tokens are checked has its own tests.
 */
public final class TestHub implements AutoCloseable {
  private final TestDatabase database;
  private final Sql sql;
  private final DataPath path;
  private final Server server = new Server();
  private final ServerConnector connector = new HubConnector(server, new HttpConnectionFactory());
  private volatile UnaryOperator<CompletableFuture<Handshake.Decision>> when = decision -> decision;

  private TestHub(TestDatabase database, HubConfig config) {
    this.database = database;
    this.sql = new Sql(database);
    this.path =
        DataPath.start(
            config, database.database(), InstantSource.system(), new Random(7), new Metrics());
    server.addConnector(connector);
    server.setHandler(new DeviceHandler(this::decide, path.sessions(), connector.getScheduler()));
    LifeCycle.start(server);
  }

  /** Starts with a heartbeat interval of 30 s. */
  public static TestHub start(TestDatabase database) {
    return start(database, Duration.ofSeconds(30), Limits.DEFAULTS);
  }

  public static TestHub start(TestDatabase database, Duration heartbeat, Limits limits) {
    return new TestHub(database, config(heartbeat, limits, false));
  }

  /** Starts one whose devices may compress what they send. */
  public static TestHub compressing(TestDatabase database) {
    return new TestHub(database, config(Duration.ofSeconds(30), Limits.DEFAULTS, true));
  }

  private static HubConfig config(Duration heartbeat, Limits limits, boolean compression) {
    return new HubConfig(
        Listen.plain("127.0.0.1", 0),
        "test",
        Path.of("target"),
        null,
        heartbeat,
        Duration.ofSeconds(1),
        compression,
        Duration.ofSeconds(1),
        0,
        0,
        0,
        HubConfig.Access.DEFAULTS,
        WebhookConfig.DEFAULTS,
        limits,
        null,
        List.of());
  }

  private CompletableFuture<Handshake.Decision> decide(
      @Nullable String authorization, String address) {
    String device = String.valueOf(authorization).substring("Bearer ".length());
    int key = key(device);
    return when.apply(
        CompletableFuture.completedFuture(
            key == 0
                ? new Handshake.Decision.Refused(new Refusal(401, "Unknown token", ""))
                : new Handshake.Decision.Welcome(
                    new Sessions.Identity(key, device, "token-" + device))));
  }

  /** From now on handshakes are decided when, and on the thread that, the test says so. */
  public void decideWhen(UnaryOperator<CompletableFuture<Handshake.Decision>> later) {
    when = later;
  }

  /** Registers a device with a token of its own. */
  public int device(String id) {
    database.execute(
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('%s', '%s', now(), now())"
            .formatted(id, id),
        ("INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
                + " SELECT 'token-%s', key, '', sha256('x'), now(), now() FROM device WHERE id = '%s'")
            .formatted(id, id));
    return key(id);
  }

  private int key(String device) {
    return (int) number("SELECT coalesce(max(key), 0) FROM device WHERE id = '" + device + "'");
  }

  /** How many handshakes were refused for this reason. */
  public double refusedHandshakes(String reason) {
    return path.sessions().metrics().handshakesRefused.labelValues(reason).get();
  }

  /** Asks the database for one number. */
  public long number(String select) {
    return sql.number(select);
  }

  /** Asks the database for one text. */
  public String text(String select) {
    return sql.text(select);
  }

  public RawDevice connect(String device) {
    return RawDevice.connect(uri(), device);
  }

  public URI uri() {
    return URI.create("ws://127.0.0.1:" + connector.getLocalPort() + DeviceHandler.PATH);
  }

  public DataPath path() {
    return path;
  }

  @Override
  public void close() {
    path.close();
    LifeCycle.stop(server);
  }
}
