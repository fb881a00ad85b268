package io.mooring.hub.access;

import io.mooring.hub.secret.Secret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Slow hashes of passwords: PBKDF2-HMAC-SHA256 of the JDK, written {@code
 * pbkdf2-sha256$iterations$salt$hash}, so that the iterations may rise later without breaking what
 * is stored. Half of the cores compute them at the most, and few wait: a burst of sign-ins must not
 * take every core from the devices. Safe for all threads.
 */
public final class Passwords {
  /** What OWASP asks of this function (since 2023); about 0.2 s on one core. */
  public static final int ITERATIONS = 600_000;

  /** Longest password that is looked at, in characters. */
  public static final int LONGEST = 256;

  private static final String NAME = "pbkdf2-sha256";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /** About as many as are done in 5 to 10 s: whoever comes after them is told to come again. */
  private static final int WAITING = 50;

  /** More passwords wait to be checked than can be in time. */
  public static final class Busy extends RuntimeException {
    Busy() {
      super("Too many passwords wait to be checked. Try again.", null, false, false);
    }
  }

  private final int iterations;
  private final RandomGenerator random;

  /** The hash of no password: drawn, since computing one took 0.7 s of each start. */
  private final String nobody;

  private final LongAdder computed = new LongAdder();

  private final Semaphore cores =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

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

  /** How many iterations were computed so far, for whomever. */
  long computed() {
    return computed.sum();
  }

  /** A one-time password: 24 base-62 characters, 143 bits of chance. */
  static String draw(RandomGenerator random) {
    return Secret.characters(random, 24);
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

  /** The parts of what is stored. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Parts(int iterations, byte[] salt, byte[] hash) {
    static Parts of(String encoded) {
      String[] parts = encoded.split("\\$", -1);
      if (parts.length != 4 || !parts[0].equals(NAME)) {
        throw new IllegalArgumentException("user_account.password_hash is not a " + NAME + " hash");
      }
      Base64.Decoder base64 = Base64.getDecoder();
      return new Parts(
          Integer.parseInt(parts[1]), base64.decode(parts[2]), base64.decode(parts[3]));
    }
  }

  /** Compares in constant time; throws when {@code encoded} is not of the form above. */
  public boolean matches(String password, String encoded) {
    Parts stored = Parts.of(encoded);
    byte[] hash = hash(password, stored.salt(), stored.iterations());
    return MessageDigest.isEqual(hash, stored.hash());
  }

  /** Whether new hashes cost more than this one did: it is to be made anew when it can be. */
  boolean isOutdated(String encoded) {
    return Parts.of(encoded).iterations() < iterations;
  }

  /** Takes as long as a comparison and never succeeds: for names that nobody has. */
  public boolean matchesNobody(String password) {
    matches(password, nobody);
    return false;
  }

  /** The same letters count as the same, however a keyboard puts their accents together. */
  private byte[] hash(String password, byte[] salt, int rounds) {
    char[] letters = Normalizer.normalize(password, Normalizer.Form.NFC).toCharArray();
    PBEKeySpec spec = new PBEKeySpec(letters, salt, rounds, HASH_BYTES * 8);
    if (cores.getQueueLength() >= WAITING) {
      throw new Busy();
    }
    cores.acquireUninterruptibly();
    computed.add(rounds);
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
