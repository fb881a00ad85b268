package io.mooring.hub.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/**
 * Private keys out of PEM blocks. The JDK reads PKCS#8; the older forms of RSA (PKCS#1) and EC (SEC
 * 1) keys are the same bytes without the envelope, which is put around them here.
 */
final class PrivateKeys {
  /** rsaEncryption with its empty parameters. */
  private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");

  /** id-ecPublicKey; the curve follows. */
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  /** The element of an EC key that names its curve. */
  private static final int CURVE = 0xa0;

  private PrivateKeys() {}

  /**
   * The first key among the blocks.
   *
   * @throws IllegalArgumentException when there is none, or one of a form that cannot be read; the
   *     message continues the sentence "FILE …"
   */
  static PrivateKey of(List<Pem> blocks) {
    for (Pem block : blocks) {
      if (!block.label().endsWith("PRIVATE KEY")) {
        continue; // certificates, EC PARAMETERS
      }
      if (block.headers() || block.label().startsWith("ENCRYPTED")) {
        throw new IllegalArgumentException(
            "holds an encrypted key; write it without a passphrase, readable by the hub only:"
                + " openssl pkey -in OLD -out NEW");
      }
      return key(block);
    }
    throw new IllegalArgumentException("holds no private key (-----BEGIN PRIVATE KEY-----)");
  }

  private static PrivateKey key(Pem block) {
    byte[] pkcs8 =
        switch (block.label()) {
          case "PRIVATE KEY" -> block.der();
          case "RSA PRIVATE KEY" -> envelope(RSA, block.der());
          case "EC PRIVATE KEY" -> envelope(join(EC, curve(block.der())), block.der());
          default -> throw unknown(block.label());
        };
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        // the next one then
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + algorithm, e);
      }
    }
    throw unknown(block.label());
  }

  private static IllegalArgumentException unknown(String label) {
    return new IllegalArgumentException(
        "holds a \""
            + label
            + "\" that cannot be read; RSA, EC and Ed25519 keys can, in PKCS#8:"
            + " openssl pkey -in OLD -out NEW");
  }

  private static byte[] envelope(byte[] algorithm, byte[] key) {
    return element(
        SEQUENCE, join(VERSION_0, join(element(SEQUENCE, algorithm), element(OCTETS, key))));
  }

  /** The name of the curve out of an EC key: SEQUENCE { 1, key, [0] curve, [1] public key }. */
  private static byte[] curve(byte[] key) {
    try {
      ByteBuffer in = ByteBuffer.wrap(key);
      in.get();
      length(in);
      while (in.hasRemaining()) {
        int tag = in.get() & 0xff;
        byte[] content = new byte[length(in)];
        in.get(content);
        if (tag == CURVE) {
          return content;
        }
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("holds an EC key that is cut off or damaged", e);
    }
    throw new IllegalArgumentException(
        "holds an EC key that does not name its curve; convert it: openssl pkey -in OLD -out NEW");
  }

  private static int length(ByteBuffer in) {
    int first = in.get() & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = (length << 8) | (in.get() & 0xff);
    }
    return length;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      out.write(0x82); // two bytes hold the length of every key
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  /** Whether what the one signs the other verifies. */
  static boolean belongTogether(PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(VERSION_0);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(VERSION_0);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another kind altogether
    }
  }
}
