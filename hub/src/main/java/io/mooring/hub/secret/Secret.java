package io.mooring.hub.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * A secret as its holder presents it: {@code <prefix>_<id>_<secret><checksum>}. The id (12 base-62
 * characters) finds the row and may be logged; the secret (43 characters, 256 bits of chance) is
 * compared by its SHA-256; the checksum (6 characters, CRC-32 of all that stands before it) tells a
 * cut-off or mistyped secret from a wrong one without a look-up. A fast hash is enough, as nobody
 * guesses 256 bits.
 */
public final class Secret {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ID_LENGTH = 12;
  private static final int SECRET_LENGTH = 43;
  private static final int CHECKSUM_LENGTH = 6;
  private static final int PREFIX_LENGTH = 3;
  private static final int SECRET_AT = PREFIX_LENGTH + 1 + ID_LENGTH + 1;
  private static final int CHECKSUM_AT = SECRET_AT + SECRET_LENGTH;
  private static final int LENGTH = CHECKSUM_AT + CHECKSUM_LENGTH;

  /** Whom a secret is for; a secret of one kind is malformed as another. */
  public enum Kind {
    DEVICE_TOKEN("mrd"),
    ENROLMENT_KEY("mre"),
    API_KEY("mrk"),
    USER_SESSION("mrs");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    /** The three letters the secret begins with. */
    public String prefix() {
      return prefix;
    }
  }

  private final Kind kind;
  private final String id;
  private final String secret;

  private Secret(Kind kind, String id, String secret) {
    this.kind = kind;
    this.id = id;
    this.secret = secret;
  }

  /** Makes a new secret; {@code random} must be a SecureRandom but in tests. */
  public static Secret random(Kind kind, RandomGenerator random) {
    return new Secret(kind, characters(random, ID_LENGTH), characters(random, SECRET_LENGTH));
  }

  /** Reads what somebody presented; empty when it is malformed, cut off or of another kind. */
  public static Optional<Secret> parse(Kind kind, String text) {
    if (text.length() != LENGTH || !text.startsWith(kind.prefix)) {
      return Optional.empty();
    }
    for (int i = PREFIX_LENGTH; i < LENGTH; i++) {
      boolean separator = i == PREFIX_LENGTH || i == SECRET_AT - 1;
      if (separator ? text.charAt(i) != '_' : ALPHABET.indexOf(text.charAt(i)) < 0) {
        return Optional.empty();
      }
    }
    Secret parsed =
        new Secret(
            kind,
            text.substring(PREFIX_LENGTH + 1, SECRET_AT - 1),
            text.substring(SECRET_AT, CHECKSUM_AT));
    return text.endsWith(parsed.checksum()) ? Optional.of(parsed) : Optional.empty();
  }

  /** Public part: finds the row, may be logged. */
  public String id() {
    return id;
  }

  /** What is stored: SHA-256 of the secret part, 32 bytes. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(secret.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Compares in constant time with a stored hash. */
  public boolean matches(byte[] storedHash) {
    return MessageDigest.isEqual(hash(), storedHash);
  }

  /** The whole secret, to be shown once to its holder. Never log it. */
  public String reveal() {
    return body() + checksum();
  }

  /** Without the secret, so that a stray log line gives nothing away. */
  @Override
  public String toString() {
    return kind.prefix + "_" + id + "_***";
  }

  /** Random characters of the base-62 alphabet, 5.95 bits each. */
  public static String characters(RandomGenerator random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  private String body() {
    return kind.prefix + "_" + id + "_" + secret;
  }

  private String checksum() {
    CRC32 crc = new CRC32();
    crc.update(body().getBytes(StandardCharsets.US_ASCII));
    char[] digits = new char[CHECKSUM_LENGTH];
    long rest = crc.getValue();
    for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
      digits[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
      rest /= ALPHABET.length();
    }
    return new String(digits);
  }
}
