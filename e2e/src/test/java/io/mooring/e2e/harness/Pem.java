package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** The files of a certificate for 127.0.0.1, signed by itself, and of its key. */
public record Pem(Path certificate, Path key) {
  private static final String PASSWORD = "changeit";

  /** Makes one by the JDK's keytool. */
  public static Pem make(Path folder, String name) {
    Path store = folder.resolve(name + ".p12");
    String[] command = {
      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
      "-genkeypair",
      "-alias",
      name,
      "-dname",
      "CN=" + name,
      "-keyalg",
      "EC",
      "-groupname",
      "secp256r1",
      "-ext",
      "bc:c",
      "-ext",
      "san=ip:127.0.0.1,dns:localhost",
      "-keystore",
      store.toString(),
      "-storepass",
      PASSWORD
    };
    Installation.Outcome made =
        Installation.run(
            new ProcessBuilder(command),
            folder.resolve(name + ".out"),
            folder.resolve(name + ".err"));
    if (made.code() != 0) {
      throw new IllegalStateException(made.out() + made.err());
    }
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      return new Pem(
          write(
              folder.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
          write(
              folder.resolve(name + ".key"),
              "PRIVATE KEY",
              keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path write(Path file, String what, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, text));
  }
}
