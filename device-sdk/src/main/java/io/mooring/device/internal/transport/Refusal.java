package io.mooring.device.internal.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a handshake that the hub refuses.
 *
 * @param missing bytes of the body that have not come yet; 0 also where the body is not waited for
 */
record Refusal(Ending.Refused ending, int missing) {
  /** Longer bodies are not the hub's own and say nothing of use. */
  private static final int MAX_BODY_BYTES = 4 * 1024;

  /** The texts of a problem document (RFC 9457); the SDK has no other use for JSON. */
  private static final String TEXT = "\"(?:title|detail)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"";

  /**
   * Reads an answer.
   *
   * @param head of the answer, without the empty line
   * @param body as far as it has come, a byte a character
   * @return null when the handshake was not refused, or this is no HTTP
   */
  static @Nullable Refusal in(String head, String body) {
    int firstEnd = head.indexOf("\r\n");
    int status = status(firstEnd < 0 ? head : head.substring(0, firstEnd));
    if (status < 0 || status == 101) {
      return null;
    }
    String[] lines = head.split("\r\n", -1);
    int length = 0;
    String type = header(lines, "Content-Type");
    if (type != null && type.startsWith("application/problem+json")) {
      length = number(header(lines, "Content-Length"));
    }
    if (length < 0 || length > MAX_BODY_BYTES) {
      length = 0;
    }
    int missing = Math.max(0, length - body.length());
    String why = length == 0 || missing > 0 ? "" : why(body.substring(0, length));
    return new Refusal(new Ending.Refused(status, header(lines, "Retry-After"), why), missing);
  }

  private static String why(String body) {
    List<String> texts = new ArrayList<>();
    // Compiled when it is needed, as most connections are never refused.
    Matcher text = Pattern.compile(TEXT).matcher(new String(body.getBytes(ISO_8859_1), UTF_8));
    while (text.find()) {
      texts.add(
          text.group(1)
              .replaceAll("\\\\[bfnrt]", " ")
              .replaceAll("\\\\(.)", "$1")
              .replaceAll("\\p{Cntrl}+", " "));
    }
    return String.join(". ", texts);
  }

  private static @Nullable String header(String[] lines, String name) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).trim().equalsIgnoreCase(name)) {
        return line.substring(colon + 1).trim();
      }
    }
    return null;
  }

  /** The number in {@code HTTP/1.1 401 Unauthorized}; -1 when there is none. */
  private static int status(String line) {
    String[] words = line.split(" ", 3);
    return words.length < 2 || !words[0].startsWith("HTTP/") || words[1].length() != 3
        ? -1
        : number(words[1]);
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
