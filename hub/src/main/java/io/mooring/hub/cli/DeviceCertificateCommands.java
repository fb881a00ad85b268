package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Certificates by which a device may come in, in place of a token. */
final class DeviceCertificateCommands {
  private DeviceCertificateCommands() {}

  private static String path(String device) {
    return "/api/v1/devices/" + HubClient.escape(device) + "/certificates";
  }

  @Command(
      name = "add",
      description = {
        "Bind a certificate to a device. Scope: devices:write.",
        "Give its file, or its SHA-256 as openssl x509 -fingerprint -sha256 prints it."
      })
  static final class Add implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "FILE",
        description = "The certificate, PEM or DER.")
    private @Nullable Path file;

    @Option(names = "--fingerprint", paramLabel = "HEX", description = "SHA-256, in place of FILE.")
    private @Nullable String fingerprint;

    @Option(names = "--name", paramLabel = "TEXT", description = "What the certificate is for.")
    private @Nullable String name;

    Add(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("fingerprint", fingerprint());
      if (name != null) {
        body.put("name", name);
      }
      try (HubClient client = hub.client(here)) {
        JsonNode added = client.post(path(device), body, Map.of());
        here.out()
            .println(
                hub.json
                    ? added.toString()
                    : "Certificate %s opens sessions of %s."
                        .formatted(added.path("fingerprint").asString(""), device));
      }
      return 0;
    }

    private String fingerprint() {
      if ((file == null) == (fingerprint == null)) {
        throw CliException.usage("Give the certificate's FILE, or --fingerprint");
      }
      if (file == null) {
        return String.valueOf(fingerprint);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
      } catch (IOException | GeneralSecurityException e) {
        throw CliException.usage(file + " cannot be read as a certificate: " + e.getMessage());
      }
    }
  }

  @Command(name = "list", description = "List a device's certificates. Scope: devices:write.")
  static final class ListAll implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    ListAll(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      List<JsonNode> certificates = new ArrayList<>();
      try (HubClient client = hub.client(here)) {
        client.get(path(device)).path("items").forEach(certificates::add);
      }
      if (hub.json) {
        certificates.forEach(certificate -> here.out().println(certificate.toString()));
      } else {
        Table.print(
            here.out(),
            List.of("FINGERPRINT", "ADDED", "NAME"),
            certificates.stream()
                .map(
                    certificate ->
                        List.of(
                            certificate.path("fingerprint").asString(""),
                            certificate.path("createdAt").asString(""),
                            certificate.path("name").asString("")))
                .toList());
      }
      return 0;
    }
  }

  @Command(
      name = "remove",
      description = "Unbind a certificate and end the session it opened. Scope: devices:write.")
  static final class Remove implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "FINGERPRINT", description = "As list shows it.")
    private String fingerprint = "";

    Remove(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        client.delete(path(device) + "/" + HubClient.escape(fingerprint));
      }
      here.say("Removed certificate %s of %s.".formatted(fingerprint, device));
      return 0;
    }
  }
}
