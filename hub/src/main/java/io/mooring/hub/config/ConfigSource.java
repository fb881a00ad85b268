package io.mooring.hub.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from options, the environment, a properties file and the defaults, in this order
 * of precedence. Used by one thread.
 */
public final class ConfigSource {
  /** The prefix of every environment variable of Mooring. */
  private static final String PREFIX = "MOORING_";

  private final Map<String, Given> given = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<SettingInForce> effective = new ArrayList<>();

  private record Given(String text, String origin) {}

  private ConfigSource() {}

  /**
   * Reads and checks everything.
   *
   * @param file a properties file in UTF-8; null: none
   * @param env the environment
   * @param options settings by key that the command line gives
   * @throws ConfigException with every problem found
   */
  public static HubConfig load(
      @Nullable Path file, Map<String, String> env, Map<String, String> options) {
    ConfigSource source = new ConfigSource();
    if (file != null) {
      source.readFile(file);
    }
    source.readEnvironment(env);
    options.forEach((key, text) -> source.given.put(key, new Given(text, "option")));
    HubConfig config = source.build();
    if (config == null || !source.problems.isEmpty()) {
      throw new ConfigException(source.problems);
    }
    return config;
  }

  private void readFile(Path file) {
    Properties properties = new Duplicates(file);
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      problems.add("%s cannot be read as a properties file: %s".formatted(file, reason(e)));
      return;
    }
    TreeSet<String> known = new TreeSet<>();
    Settings.table().forEach(s -> known.add(s.key()));
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      if (known.contains(key)) {
        given.put(key, new Given(properties.getProperty(key).strip(), "file " + file));
      } else {
        problems.add("%s: no such setting (in %s)%s".formatted(key, file, hint(key, known)));
      }
    }
  }

  /** Properties would let the last of two lines win in silence. */
  private final class Duplicates extends Properties {
    private final transient Path file;

    Duplicates(Path file) {
      this.file = file;
    }

    @Override
    public synchronized @Nullable Object put(Object key, Object value) {
      if (containsKey(key)) {
        problems.add("%s: set twice (in %s)".formatted(key, file));
      }
      return super.put(key, value);
    }
  }

  private void readEnvironment(Map<String, String> env) {
    Map<String, String> keys = new TreeMap<>();
    Settings.table().forEach(s -> keys.put(s.variable(), s.key()));
    for (Map.Entry<String, String> variable : new TreeMap<>(env).entrySet()) {
      String name = variable.getKey();
      if (!name.startsWith(PREFIX) || Settings.OTHER_VARIABLES.contains(name)) {
        continue;
      }
      String key = keys.get(name);
      if (key == null) {
        problems.add(
            "%s: no such setting (environment)%s"
                .formatted(name, variableHint(name, keys.keySet())));
      } else {
        given.put(key, new Given(variable.getValue().strip(), "environment " + name));
      }
    }
  }

  private static String hint(String name, Set<String> known) {
    return Nearest.to(name, known)
        .map(near -> "; did you mean %s?".formatted(near))
        .orElse("; check-config lists every setting");
  }

  /** The prefix that all of them share must not make them look alike. */
  private static String variableHint(String name, Set<String> settings) {
    TreeSet<String> known = new TreeSet<>();
    settings.forEach(variable -> known.add(variable.substring(PREFIX.length())));
    Settings.OTHER_VARIABLES.forEach(variable -> known.add(variable.substring(PREFIX.length())));
    return Nearest.to(name.substring(PREFIX.length()), known)
        .map(near -> "; did you mean %s%s?".formatted(PREFIX, near))
        .orElse("; check-config lists every setting");
  }

  private @Nullable HubConfig build() {
    Map<String, Object> values = new HashMap<>();
    for (Setting<?> setting : Settings.table()) {
      Object value = resolve(setting);
      if (value != null) {
        values.put(setting.key(), value);
      }
    }
    Values v = new Values(values);
    HubConfig.@Nullable Postgres database = database(v);
    // Relations between settings can only be judged when each of them is valid.
    if (LimitSettings.table().stream().anyMatch(s -> v.find(s) == null)) {
      return null;
    }
    try {
      Limits limits = LimitSettings.make(v::get);
      Listen listen = listen(v);
      if (listen == null || !problems.isEmpty()) {
        return null;
      }
      return new HubConfig(
          listen,
          v.get(Settings.NODE_NAME),
          v.get(Settings.DATA_DIR).toAbsolutePath().normalize(),
          database,
          v.get(Settings.HEARTBEAT_INTERVAL),
          v.get(Settings.HELLO_TIMEOUT),
          v.get(Settings.COMPRESSION),
          v.get(Settings.SHUTDOWN_TIMEOUT),
          v.get(Settings.RETENTION_DAYS),
          v.get(Settings.MERGE_PERCENT),
          v.get(Settings.HISTORY_DAYS),
          new HubConfig.Access(
              v.get(Settings.AUDIT_DAYS),
              v.get(Settings.USER_SESSION_LIFETIME),
              v.get(Settings.ONE_TIME_PASSWORD_LIFETIME)),
          WebhookSettings.make(v),
          limits,
          ClusterSettings.make(v, database != null),
          List.copyOf(effective));
    } catch (IllegalArgumentException e) {
      problems.addAll(reason(e).lines().toList());
      return null;
    }
  }

  private @Nullable Listen listen(Values v) {
    try {
      return problems.isEmpty() ? ListenSettings.make(v) : null;
    } catch (IllegalArgumentException e) {
      problems.addAll(reason(e).lines().toList());
      return null;
    }
  }

  private <T> @Nullable T resolve(Setting<T> setting) {
    Given raw = given.get(setting.key());
    if (raw != null && raw.text.isEmpty()) {
      raw = null; // an empty variable is how shells and container files unset one
    }
    String text = raw == null ? setting.standard() : raw.text;
    String origin = raw == null ? "default" : raw.origin;
    if (text == null) {
      effective.add(new SettingInForce(setting, "", "not set"));
      return null;
    }
    String shown = shown(setting, text);
    effective.add(new SettingInForce(setting, shown, origin));
    try {
      return setting.parser().parse(text);
    } catch (IllegalArgumentException e) {
      problems.add("%s: \"%s\" %s (%s)".formatted(setting.key(), shown, reason(e), origin));
      return null;
    }
  }

  private static String shown(Setting<?> setting, String text) {
    if (setting.secret()) {
      return "********";
    }
    return setting.equals(Settings.DATABASE_URL) ? ShownUrl.of(text) : text;
  }

  private boolean isGiven(String key) {
    Given raw = given.get(key);
    return raw != null && !raw.text.isEmpty();
  }

  private HubConfig.@Nullable Postgres database(Values v) {
    String url = v.find(Settings.DATABASE_URL);
    String password = v.find(Settings.DATABASE_PASSWORD);
    Path file = v.find(Settings.DATABASE_PASSWORD_FILE);
    if (password != null && file != null) {
      problems.add("database.password and database.password-file: both are set; keep one of them");
    } else if (file != null) {
      try {
        password = Files.readString(file).strip();
      } catch (IOException e) {
        problems.add("database.password-file: %s cannot be read: %s".formatted(file, reason(e)));
      }
    }
    if (url == null) {
      for (String key : List.of("database.user", "database.password", "database.password-file")) {
        // A URL that is not valid has been refused already.
        if (isGiven(key) && !isGiven("database.url")) {
          problems.add(key + ": is set, but database.url is not");
        }
      }
      return null;
    }
    String user = v.find(Settings.DATABASE_USER);
    Integer pool = v.find(Settings.DATABASE_POOL_SIZE);
    return user == null || pool == null
        ? null
        : new HubConfig.Postgres(url, user, password == null ? "" : password, pool);
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> "there is no such file";
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      default -> message == null ? e.toString() : message;
    };
  }

  /** Values by setting; each was made by its own setting's parser. */
  private record Values(Map<String, Object> byKey) implements ListenSettings.Values {
    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T find(Setting<T> setting) {
      return (T) byKey.get(setting.key());
    }

    @Override
    public <T> T get(Setting<T> setting) {
      T value = find(setting);
      if (value == null) {
        throw new IllegalArgumentException(setting.key() + ": is not set");
      }
      return value;
    }
  }
}
