package io.mooring.hub.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468). What stands between blocks is for people and ignored.
 *
 * @param label such as {@code CERTIFICATE}
 * @param headers whether it has headers, as only encrypted keys of old do
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pem(String label, boolean headers, byte[] der) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  static List<Pem> parse(String text) {
    List<Pem> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      boolean headers = block.group(2).contains(":");
      byte[] der =
          headers ? new byte[0] : Base64.getDecoder().decode(block.group(2).replaceAll("\\s+", ""));
      blocks.add(new Pem(block.group(1), headers, der));
    }
    return blocks;
  }

  /** Never the bytes, which may be a key. */
  @Override
  public String toString() {
    return "Pem[" + label + "]";
  }
}
