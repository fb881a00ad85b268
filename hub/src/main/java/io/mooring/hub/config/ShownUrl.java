package io.mooring.hub.config;

import java.util.regex.Pattern;

/** The JDBC URL as it may be shown: on a terminal, in a log, in an error. */
public final class ShownUrl {
  /**
   * The values of {@code password} and {@code sslpassword}, and what some write before the host,
   * {@code //user:password@}, though the driver takes no such thing.
   */
  private static final Pattern SECRET =
      Pattern.compile("(?<=password=)[^&]+|(?<=//)[^/?@]*:[^/?]*(?=@)", Pattern.CASE_INSENSITIVE);

  private ShownUrl() {}

  /** The URL with a mask for each password in it. */
  public static String of(String url) {
    return SECRET.matcher(url).replaceAll("********");
  }
}
