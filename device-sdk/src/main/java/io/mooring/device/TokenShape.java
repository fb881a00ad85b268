package io.mooring.device;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** What a device token looks like (P-08 to P-10); a wrong one is refused without repeating it. */
final class TokenShape {
  private static final String PREFIX = "mrd_";
  private static final int UNDERSCORE = 16; // the second one
  private static final int LENGTH = 66;
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int CHECKSUM_LENGTH = 6;

  private TokenShape() {}

  /**
   * Returns the token as it was given.
   *
   * @throws IllegalArgumentException when it can be no device token
   */
  static String checked(@Nullable String token) {
    if (token == null || token.isBlank()) {
      throw new IllegalArgumentException(
          "there is no token: give the one that the hub issued for this device");
    }
    if (!token.equals(token.strip())) {
      throw new IllegalArgumentException("the token has spaces or line ends around it: strip them");
    }
    if (token.startsWith("mrk_")) {
      throw new IllegalArgumentException(
          "this is an API key (mrk_…): a device needs a token of its own, which begins with mrd_");
    }
    if (!hasShape(token)) {
      throw new IllegalArgumentException(
          "this is no device token: one has 66 characters, mrd_, 12 letters and digits, _ and 49"
              + " more; what was given has "
              + token.length());
    }
    int body = token.length() - CHECKSUM_LENGTH;
    if (!checksum(token.substring(0, body)).equals(token.substring(body))) {
      throw new IllegalArgumentException(
          "the token's checksum does not fit: it was mistyped, copy it again");
    }
    return token;
  }

  private static boolean hasShape(String token) {
    if (token.length() != LENGTH || !token.startsWith(PREFIX)) {
      return false;
    }
    for (int i = PREFIX.length(); i < LENGTH; i++) {
      char c = token.charAt(i);
      if (i == UNDERSCORE ? c != '_' : DIGITS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    char[] digits = new char[CHECKSUM_LENGTH];
    long rest = crc.getValue();
    for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
      digits[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
      rest /= DIGITS.length();
    }
    return new String(digits);
  }
}
