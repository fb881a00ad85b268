package io.mooring.hub.access;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Slow hashes of passwords: PBKDF2-HMAC-SHA256, written {@code pbkdf2-sha256$iterations$salt$hash},
 * so that the iterations may rise later without breaking what is stored. At most two are computed
 * at a time: a burst of sign-ins must not take every core from the devices.
 */
public final class Passwords {
  /** What OWASP asked of this function in 2023; about 0.2 s on one core. */
  public static final int ITERATIONS = 600_000;

  private static final String NAME = "pbkdf2-sha256";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final int iterations;
  private final RandomGenerator random;

  /** The hash of no password: drawn, since computing one took 0.7 s of each start. */
  private final String nobody;

  private final Semaphore cores = new Semaphore(2);

  /**
   * Makes a hasher.
   *
   * @param iterations of new hashes; {@link #ITERATIONS} but in tests
   * @param random where salts come from: a SecureRandom but in tests
   */
  public Passwords(int iterations, RandomGenerator random) {
    this.iterations = iterations;
    this.random = random;
    this.nobody = encoded(bytes(SALT_BYTES), bytes(HASH_BYTES));
  }

  /** Hashes a new password with a salt of its own. */
  public String encode(String password) {
    byte[] salt = bytes(SALT_BYTES);
    return encoded(salt, hash(password, salt, iterations));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private String encoded(byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "%s$%d$%s$%s"
        .formatted(NAME, iterations, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /** Compares in constant time; throws when {@code encoded} is not of the form above. */
  public boolean matches(String password, String encoded) {
    String[] parts = encoded.split("\\$", -1);
    if (parts.length != 4 || !parts[0].equals(NAME)) {
      throw new IllegalArgumentException("operator.password_hash is not a " + NAME + " hash");
    }
    Base64.Decoder base64 = Base64.getDecoder();
    byte[] hash = hash(password, base64.decode(parts[2]), Integer.parseInt(parts[1]));
    return MessageDigest.isEqual(hash, base64.decode(parts[3]));
  }

  /** Takes as long as a comparison and never succeeds: for names that nobody has. */
  public boolean matchesNobody(String password) {
    matches(password, nobody);
    return false;
  }

  private byte[] hash(String password, byte[] salt, int rounds) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BYTES * 8);
    cores.acquireUninterruptibly();
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
    } finally {
      cores.release();
      spec.clearPassword();
    }
  }
}
