package io.mooring.hub.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSourceTest {
  @TempDir Path dir;

  @Test
  void defaultsAreValidAndAreThoseOfLimits() {
    HubConfig config = load(Map.of());
    assertThat(config.limits()).isEqualTo(Limits.DEFAULTS);
    assertThat(config.listen().devices().port()).isEqualTo(7070);
    assertThat(config.listen().devices().host()).isEqualTo("127.0.0.1");
    assertThat(config.heartbeatInterval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.database()).isNull();
  }

  @Test
  void optionsWinOverEnvironmentOverFile() throws IOException {
    Path file = file("listen.port = 1111\nnode.name = from-file\nlisten.host = 10.0.0.1\n");
    HubConfig loaded =
        ConfigSource.load(
            file,
            Map.of("MOORING_LISTEN_PORT", "2222", "MOORING_NODE_NAME", "from-env"),
            Map.of("listen.port", "3333"));
    assertThat(loaded.listen().devices().port()).isEqualTo(3333);
    assertThat(loaded.node()).isEqualTo("from-env");
    assertThat(loaded.listen().devices().host()).isEqualTo("10.0.0.1");
    assertThat(origin(loaded, "listen.port")).isEqualTo("option");
    assertThat(origin(loaded, "node.name")).isEqualTo("environment MOORING_NODE_NAME");
    assertThat(origin(loaded, "listen.host")).isEqualTo("file " + file);
    assertThat(origin(loaded, "shutdown.timeout")).isEqualTo("default");
  }

  @Test
  void reportsEveryProblemAtOnce() throws IOException {
    Path file = file("database.ulr = x\nlisten.port = many\nlisten.port = 1\n");
    List<String> problems =
        problems(
            file,
            Map.of(
                "MOORING_LIMITS_REQUEST_BYTES", "9",
                "MOORING_SESSION_HELLO_TIMEOUT", "3 weeks",
                "MOORING_PORT", "1"));
    assertThat(problems)
        .containsExactlyInAnyOrder(
            "database.ulr: no such setting (in %s); did you mean database.url?".formatted(file),
            "listen.port: set twice (in %s)".formatted(file),
            "MOORING_PORT: no such setting (environment); did you mean MOORING_LISTEN_PORT?",
            "limits.request-bytes: \"9\" is out of range; allowed: 4KiB to 16MiB"
                + " (environment MOORING_LIMITS_REQUEST_BYTES)",
            "session.hello-timeout: \"3 weeks\" is no time span; write a number with ms, s, m or h"
                + " (15s), or ISO 8601 (PT15S) (environment MOORING_SESSION_HELLO_TIMEOUT)");
  }

  @Test
  void reportsEveryBrokenRelationBetweenLimits() {
    assertThat(
            problems(
                null,
                Map.of(
                    "MOORING_LIMITS_FRAME_BYTES", "8KiB",
                    "MOORING_LIMITS_SEND_QUEUE_BYTES", "4KiB")))
        .hasSize(2)
        .anyMatch(p -> p.contains("limits.command-payload-bytes (32768) must leave 1024 bytes"))
        .anyMatch(p -> p.contains("must not exceed limits.send-queue-bytes (4096)"));
  }

  @Test
  void takesAPasswordFromAFileAndNeverShowsOne() throws IOException {
    Path secret = Files.writeString(dir.resolve("password"), "s3cret\n");
    Map<String, String> env =
        Map.of(
            "MOORING_DATABASE_URL",
            "jdbc:postgresql://db/mooring",
            "MOORING_DATABASE_PASSWORD_FILE",
            secret.toString());
    HubConfig.Postgres postgres = Objects.requireNonNull(load(env).database());
    assertThat(postgres.password()).isEqualTo("s3cret");
    assertThat(postgres.toString()).doesNotContain("s3cret");

    Map<String, String> both = new TreeMap<>(env);
    both.put("MOORING_DATABASE_PASSWORD", "other");
    List<String> problems = problems(null, both);
    assertThat(problems).singleElement().asString().contains("both are set");
    assertThat(String.join("", problems)).doesNotContain("other");

    both.remove("MOORING_DATABASE_PASSWORD_FILE");
    assertThat(load(both).settings())
        .filteredOn(s -> s.key().equals("database.password"))
        .singleElement()
        .satisfies(s -> assertThat(s.value()).isEqualTo("********"));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db/m?user=u&password=s3cret, jdbc:postgresql://db/m?user=u&password=********",
    "jdbc:postgresql://db/m?sslpassword=s3cret&ssl=true, jdbc:postgresql://db/m?sslpassword=********&ssl=true",
    "jdbc:postgresql://u:s3c@ret@db/m?ssl=true, jdbc:postgresql://********@db/m?ssl=true",
    "jdbc:postgresql://db:5432/m, jdbc:postgresql://db:5432/m",
  })
  void masksAPasswordInTheUrl(String url, String shown) {
    HubConfig loaded = load(Map.of("MOORING_DATABASE_URL", url));
    assertThat(loaded.settings())
        .filteredOn(s -> s.key().equals("database.url"))
        .singleElement()
        .satisfies(s -> assertThat(s.value()).isEqualTo(shown));
    HubConfig.Postgres postgres = Objects.requireNonNull(loaded.database());
    assertThat(postgres.url()).isEqualTo(url);
    assertThat(postgres.toString()).contains("url=" + shown + ",");
    assertThat(problems(null, Map.of("MOORING_DATABASE_URL", "x" + url)))
        .singleElement()
        .asString()
        .contains("\"x" + shown + "\" is not valid");
  }

  @Test
  void refusesAMissingFileAndCredentialsWithoutADatabase() {
    assertThat(problems(dir.resolve("none.properties"), Map.of()))
        .singleElement()
        .asString()
        .contains("none.properties")
        .contains("no such file");
    assertThat(problems(null, Map.of("MOORING_DATABASE_PASSWORD", "x")))
        .containsExactly("database.password: is set, but database.url is not");
    assertThat(
            problems(
                null, Map.of("MOORING_DATABASE_PASSWORD", "x", "MOORING_DATABASE_URL", "db/m")))
        .singleElement()
        .asString()
        .startsWith("database.url: \"db/m\" is not valid");
  }

  @Test
  void aUserOfNatsNeedsAPassword() {
    Map<String, String> one =
        Map.of(
            "MOORING_DATABASE_URL", "jdbc:postgresql://db/m",
            "MOORING_NATS_URL", "nats://127.0.0.1:4222",
            "MOORING_NATS_USER", "mooring");
    assertThat(problems(null, one))
        .containsExactly("nats.user: is set, but neither nats.password nor nats.password-file is");
  }

  @Test
  void leavesVariablesOfOtherProgramsAlone() {
    assertThat(load(Map.of("MOORING_TOKEN", "t", "HOME", "/", "MOORING_URL", "u"))).isNotNull();
  }

  @Test
  void everyLimitHasItsOwnSettingInTheRightPlace() {
    everyLimitHasItsOwnSetting(Limits.class, limits -> limits);
    everyLimitHasItsOwnSetting(SocketLimits.class, Limits::sockets);
  }

  private void everyLimitHasItsOwnSetting(Class<?> kind, Function<Limits, Object> part) {
    for (var component : kind.getRecordComponents()) {
      if (component.getType() != int.class) {
        continue;
      }
      String key =
          "limits." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      int standard = valueOf(component, part.apply(Limits.DEFAULTS));
      int given = standard + (key.endsWith("bytes") ? 1024 : 1);
      HubConfig config = load(Map.of(Setting.variableOf(key), Integer.toString(given)));
      assertThat(valueOf(component, part.apply(config.limits()))).as(key).isEqualTo(given);
    }
  }

  private static int valueOf(java.lang.reflect.RecordComponent component, Object limits) {
    try {
      return (int) component.getAccessor().invoke(limits);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @ParameterizedTest
  @CsvSource({"64KiB,65536", "1MiB,1048576", "70000,70000", "70000 B,70000"})
  void readsSizes(String text, int bytes) {
    assertThat(load(Map.of("MOORING_LIMITS_REQUEST_BYTES", text)).limits().requestBytes())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "2s,2000", "1m,60000", "PT3S,3000"})
  void readsTimeSpans(String text, long millis) {
    assertThat(load(Map.of("MOORING_SESSION_HELLO_TIMEOUT", text)).helloTimeout())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"pump-7.local,pump-7.local", "-a b-,a-b", "'',this-machine", "ÄÖ,this-machine"})
  void makesALabelOfAnyHostName(String raw, String label) {
    assertThat(HostName.labelOf(raw)).isEqualTo(label);
  }

  @Test
  void readsNetworks() {
    Networks networks =
        load(Map.of("MOORING_HTTP_TRUSTED_PROXIES", "10.0.0.7, 192.168.16.0/20,fd00::/8"))
            .listen()
            .proxies()
            .trusted();
    for (String in : List.of("10.0.0.7", "192.168.16.0", "192.168.31.255", "fd12::1")) {
      assertThat(networks.contains(InetAddress.ofLiteral(in))).as(in).isTrue();
    }
    for (String out : List.of("10.0.0.6", "192.168.15.255", "192.168.32.0", "fc00::1", "::1")) {
      assertThat(networks.contains(InetAddress.ofLiteral(out))).as(out).isFalse();
    }
    assertThat(load(Map.of()).listen().proxies().trusted().contains(InetAddress.ofLiteral("::1")))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "proxy.local | holds \"proxy.local\", which is no IP address",
        "10.0.0.7,, | holds \"\", which is no IP address",
        "10.0.0.0/33 | what follows / must be 0 to 32",
        "fd00::/x | what follows / must be 0 to 128",
        "10.1.2.3/16 | write 10.1.0.0/16",
      })
  void refusesWhatIsNoNetwork(String text, String why) {
    assertThat(problems(null, Map.of("MOORING_HTTP_TRUSTED_PROXIES", text)))
        .singleElement()
        .asString()
        .contains("http.trusted-proxies", why);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(dir.resolve("hub.properties"), text);
  }

  private static HubConfig load(Map<String, String> env) {
    return ConfigSource.load(null, env, Map.of());
  }

  private static String origin(HubConfig loaded, String key) {
    return loaded.settings().stream()
        .filter(s -> s.key().equals(key))
        .findFirst()
        .orElseThrow()
        .origin();
  }

  private static List<String> problems(@Nullable Path file, Map<String, String> env) {
    return catchThrowableOfType(ConfigException.class, () -> ConfigSource.load(file, env, Map.of()))
        .problems();
  }
}
