package io.mooring.hub.config;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of the table that says where the hub listens, and how. */
final class ListenSettings {
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._:%\\[\\]-]{1,255}");

  private static final Pattern ORIGIN = Pattern.compile("https?://[a-z0-9._:\\[\\]-]{1,255}");

  private static final Setting<String> HOST =
      Kinds.text(
          "listen.host",
          "127.0.0.1",
          "IP address or host name",
          HOST_NAME,
          "Address to listen on. 0.0.0.0 means every network of this machine.");
  private static final Setting<Integer> PORT =
      Kinds.count("listen.port", 7070, 0, 65535, "", "TCP port to listen on; 0 takes a free one.");
  private static final Setting<String> OPERATOR_HOST =
      Kinds.text(
          "operator.host",
          null,
          "IP address or host name",
          HOST_NAME,
          "Address to listen on for operator.port; by default that of listen.host.");
  private static final Setting<Integer> OPERATOR_PORT =
      Kinds.optionalCount(
          "operator.port",
          0,
          65535,
          "Port of its own for page, API and metrics: listen.port then serves devices only.");
  private static final Setting<Path> CERTIFICATE =
      Kinds.path(
          "tls.certificate-file",
          null,
          "PEM file",
          "The hub's certificate and those of who signed it: makes it speak https and wss only.");
  private static final Setting<Path> KEY =
      Kinds.path(
          "tls.key-file", null, "PEM file", "The private key of that certificate, not encrypted.");
  private static final Setting<Path> CLIENT_AUTHORITY =
      Kinds.path(
          "tls.client-ca-file",
          null,
          "PEM file",
          "Who signs the certificates by which devices may come in; by default nobody.");
  private static final Setting<Networks> TRUSTED_PROXIES =
      Kinds.networks(
          "http.trusted-proxies",
          "Proxies whose X-Forwarded-For, -Proto, -Host and Forwarded count; by default nobody's.");
  private static final Setting<Boolean> PROXY_PROTOCOL =
      Kinds.flag(
          "http.proxy-protocol",
          false,
          "Whether these proxies may begin a connection with the PROXY protocol, version 1 or 2.");
  private static final Setting<String> SECURE_COOKIES =
      Kinds.text(
          "http.secure-cookies",
          "auto",
          "auto or always",
          Pattern.compile("auto|always"),
          "always counts every request as one by https; auto those that the hub knows to be.");
  private static final Setting<Set<String>> DEVICE_ORIGINS =
      new Setting<>(
          "http.device-origins",
          "origins, such as https://panel.example.com",
          null,
          false,
          "Web pages that may connect as devices, with a token in Hello; by default none.",
          ListenSettings::origins);

  private ListenSettings() {}

  static List<Setting<?>> table() {
    return List.of(
        HOST,
        PORT,
        OPERATOR_HOST,
        OPERATOR_PORT,
        CERTIFICATE,
        KEY,
        CLIENT_AUTHORITY,
        TRUSTED_PROXIES,
        PROXY_PROTOCOL,
        SECURE_COOKIES,
        DEVICE_ORIGINS);
  }

  /** Values by setting; null for what is not set. */
  interface Values {
    <T> @Nullable T find(Setting<T> setting);

    <T> T get(Setting<T> setting);
  }

  /**
   * Puts the values together.
   *
   * @throws IllegalArgumentException when they do not fit together; each line is a problem
   */
  static Listen make(Values v) {
    Listen.Address devices = new Listen.Address(v.get(HOST), v.get(PORT));
    return new Listen(
        devices,
        operators(devices, v.find(OPERATOR_HOST), v.find(OPERATOR_PORT)),
        tls(v.find(CERTIFICATE), v.find(KEY), v.find(CLIENT_AUTHORITY)),
        proxies(v),
        Objects.requireNonNullElse(v.find(DEVICE_ORIGINS), Set.of()));
  }

  private static Listen.Proxies proxies(Values v) {
    Networks trusted = v.find(TRUSTED_PROXIES);
    boolean protocol = v.get(PROXY_PROTOCOL);
    if (protocol && trusted == null) {
      throw new IllegalArgumentException(
          PROXY_PROTOCOL.key() + ": is on, but " + TRUSTED_PROXIES.key() + " names nobody");
    }
    return new Listen.Proxies(
        trusted == null ? Networks.NONE : trusted,
        protocol,
        v.get(SECURE_COOKIES).equals("always"));
  }

  private static Set<String> origins(String text) {
    Set<String> origins = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      String origin = part.strip();
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "holds \"%s\", which is no origin; write such as https://panel.example.com, without a path"
                .formatted(origin));
      }
      origins.add(origin);
    }
    return Set.copyOf(origins);
  }

  private static Listen.@Nullable Address operators(
      Listen.Address devices, @Nullable String host, @Nullable Integer port) {
    if (port != null) {
      return new Listen.Address(host == null ? devices.host() : host, port);
    }
    if (host != null) {
      throw new IllegalArgumentException(
          OPERATOR_HOST.key() + ": is set, but " + OPERATOR_PORT.key() + " is not");
    }
    return null;
  }

  private static Listen.@Nullable Tls tls(
      @Nullable Path certificate, @Nullable Path key, @Nullable Path clientAuthority) {
    if (certificate != null && key != null) {
      return new Listen.Tls(certificate, key, clientAuthority);
    }
    if (certificate != null || key != null) {
      Setting<Path> set = certificate == null ? KEY : CERTIFICATE;
      Setting<Path> missing = certificate == null ? CERTIFICATE : KEY;
      throw new IllegalArgumentException(
          set.key() + ": is set, but " + missing.key() + " is not; TLS needs both");
    }
    if (clientAuthority != null) {
      throw new IllegalArgumentException(
          CLIENT_AUTHORITY.key() + ": is set, but " + CERTIFICATE.key() + " is not");
    }
    return null;
  }
}
