package io.mooring.hub.ops;

import org.jspecify.annotations.Nullable;

/** Which hub this is. */
public final class Version {
  private Version() {}

  /** The version from the jar's manifest; {@code development} when not run from a jar. */
  public static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
