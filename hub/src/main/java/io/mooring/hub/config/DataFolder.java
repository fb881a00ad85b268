package io.mooring.hub.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a hub keeps its data when nobody says otherwise. */
public final class DataFolder {
  private DataFolder() {}

  /** The default of {@code data.dir} for whoever runs this process. */
  public static String standard() {
    return standard(System.getenv(), System.getProperty("user.home", "."));
  }

  /**
   * Root's home is closed to others, and PostgreSQL refuses to run as root: so root uses a system
   * folder.
   */
  static String standard(Map<String, String> env, String home) {
    if ("root".equals(System.getProperty("user.name"))) {
      return "/var/lib/mooring";
    }
    @Nullable String shared = env.get("XDG_DATA_HOME");
    return (shared == null || shared.isBlank() ? home + "/.local/share" : shared) + "/mooring";
  }
}
