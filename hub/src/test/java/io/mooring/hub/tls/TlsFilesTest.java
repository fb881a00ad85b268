package io.mooring.hub.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.config.Listen;
import io.mooring.hub.testing.TestCertificates;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files for TLS can be used, and what is said of those that cannot. */
class TlsFilesTest {
  /** What comes before an RSA key of 2048 bits in PKCS#8. */
  private static final int RSA_ENVELOPE = 26;

  @TempDir static Path dir;
  private static TestCertificates certificates;

  @BeforeAll
  static void issue() {
    certificates = new TestCertificates(dir).issue("ec").issue("rsa", "RSA").issue("ed", "Ed25519");
  }

  private static TlsFiles read(Path certificate, Path key) {
    return TlsFiles.read(new Listen.Tls(certificate, key, null));
  }

  private static void assertRefused(Path certificate, Path key, String message) {
    assertThatThrownBy(() -> read(certificate, key))
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void readsKeysOfEveryKind() {
    for (String kind : new String[] {"ec", "rsa", "ed"}) {
      TlsFiles files = read(certificates.certificateFile(kind), certificates.keyFile(kind));
      assertThat(files.key()).isEqualTo(certificates.key(kind));
      assertThat(files.chain()).containsExactly(certificates.certificate(kind));
      assertThat(files.toString()).contains("CN=" + kind).doesNotContain("Key");
    }
  }

  @Test
  void readsTheOlderFormsOfKeys() {
    byte[] pkcs8 = certificates.key("rsa").getEncoded();
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, RSA_ENVELOPE, pkcs8.length);
    Path rsa = certificates.write("1.key", TestCertificates.pem("RSA PRIVATE KEY", pkcs1));
    assertThat(read(certificates.certificateFile("rsa"), rsa).key())
        .isEqualTo(certificates.key("rsa"));
    // As openssl ecparam -genkey writes it: SEQUENCE { 1, key, [0] prime256v1 }.
    String number = ((ECPrivateKey) certificates.key("ec")).getS().toString(16);
    byte[] sec1 =
        HexFormat.of()
            .parseHex(
                "30310201010420"
                    + "0".repeat(64 - number.length())
                    + number
                    + "a00a06082a8648ce3d030107");
    String parameters =
        TestCertificates.pem("EC PARAMETERS", HexFormat.of().parseHex("06082a8648ce3d030107"));
    Path ec =
        certificates.write("e.key", parameters + TestCertificates.pem("EC PRIVATE KEY", sec1));
    TlsFiles files = read(certificates.certificateFile("ec"), ec);
    assertThat(((ECPrivateKey) files.key()).getS())
        .isEqualTo(((ECPrivateKey) certificates.key("ec")).getS());
  }

  @Test
  void saysWhichFileIsWrongAndWhy() {
    Path certificate = certificates.certificateFile("ec");
    Path key = certificates.keyFile("ec");
    Path missing = dir.resolve("missing");
    assertRefused(missing, key, missing + ": there is no such file");
    assertRefused(certificate, missing, missing + ": there is no such file");
    assertRefused(key, key, key + " holds no certificate");
    assertRefused(certificate, certificate, certificate + " holds no private key");
    Path other = certificates.keyFile("rsa");
    assertRefused(certificate, other, other + " does not hold the key of the first certificate in");
    Path cut = certificates.write("c", TestCertificates.pem("CERTIFICATE", new byte[] {48, 3}));
    assertRefused(cut, key, cut + " holds a certificate that is cut off or damaged");
    Path text =
        certificates.write("t", "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n");
    assertRefused(certificate, text, text + " is no PEM");
  }

  @Test
  void saysHowToConvertAKeyThatItCannotRead() {
    Path certificate = certificates.certificateFile("ec");
    for (String pem :
        new String[] {
          TestCertificates.pem("ENCRYPTED PRIVATE KEY", new byte[] {48, 3}),
          TestCertificates.pem("DSA PRIVATE KEY", new byte[] {48, 3}),
          TestCertificates.pem("EC PRIVATE KEY", new byte[] {48, 3, 2, 1, 1}),
          "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE"
              + " KEY-----\n"
        }) {
      Path key = certificates.write("odd.key", pem);
      assertThatThrownBy(() -> read(certificate, key))
          .hasMessageStartingWith(key + " holds a")
          .hasMessageContaining("openssl pkey -in OLD -out NEW");
    }
    Path damaged =
        certificates.write("d.key", TestCertificates.pem("EC PRIVATE KEY", new byte[] {48}));
    assertRefused(certificate, damaged, damaged + " holds an EC key that is cut off or damaged");
  }
}
