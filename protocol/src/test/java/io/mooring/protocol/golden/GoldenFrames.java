package io.mooring.protocol.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Reads golden frames by name. */
public final class GoldenFrames {
  private GoldenFrames() {}

  /**
   * The bytes of one WebSocket message.
   *
   * @param name such as {@code "hello-one-stream"}
   * @throws IllegalArgumentException if there is no such golden frame
   */
  public static byte[] bytes(String name) {
    String resource = "/golden/" + name + ".hex";
    try (InputStream in = GoldenFrames.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no golden frame " + resource);
      }
      return parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  /** Hex digits with any white space between them. */
  static byte[] parseHex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }
}
