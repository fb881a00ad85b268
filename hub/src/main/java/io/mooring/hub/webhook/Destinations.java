package io.mooring.hub.webhook;

import io.mooring.hub.config.Networks;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where webhooks may call: public addresses by https, and those that the operator allows, also by
 * http. A name says nothing of where it leads, and may lead elsewhere a moment later, so what
 * counts is the address that is about to be connected to.
 *
 * @param allowed addresses that are not public and may be called all the same
 */
public record Destinations(Networks allowed) {
  static final int MOST_CHARACTERS = 2_000;

  /** Of IPv4, as IANA's registry of special-purpose addresses has them, and multicast. */
  private static final Networks NOT_PUBLIC =
      Networks.parse(
          "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12,"
              + " 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15,"
              + " 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4,"
              // Within what IPv6 calls global: protocols, Teredo, documentation, 6to4.
              + " 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20");

  /** All else of IPv6 is local, multicast, or hides an IPv4 address. */
  private static final Networks GLOBAL_IPV6 = Networks.parse("2000::/3");

  /**
   * Whether it may be connected to. An IPv4 address mapped into IPv6 is an IPv4 address to Java.
   */
  boolean mayCall(InetAddress address, boolean secure) {
    return allowed.contains(address) || (secure && isPublic(address));
  }

  private static boolean isPublic(InetAddress address) {
    boolean known = address instanceof java.net.Inet4Address || GLOBAL_IPV6.contains(address);
    return known && !NOT_PUBLIC.contains(address);
  }

  /**
   * Reads a URL as far as it can be judged by itself.
   *
   * @throws IllegalArgumentException when it can be none; the message says why
   */
  public URI parse(String text) {
    URI url = syntax(text);
    boolean secure = "https".equals(url.getScheme());
    if (!secure && (!"http".equals(url.getScheme()) || allowed.isEmpty())) {
      throw new IllegalArgumentException(
          "Must begin with https://; http:// is for networks that webhooks.allow-private names.");
    }
    Optional<InetAddress> literal = literal(url.getHost());
    if (literal.isPresent() && !mayCall(literal.get(), secure)) {
      throw new IllegalArgumentException(refusal(literal.get(), secure));
    }
    return url;
  }

  private static URI syntax(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "Must have at most %d characters.".formatted(MOST_CHARACTERS));
    }
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("Is no URL: " + e.getReason() + ".", e);
    }
    if (url.getScheme() == null || url.getHost() == null) {
      throw new IllegalArgumentException(
          "Must be a URL with a host, such as https://example.com/hooks.");
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException("Must have neither a user nor a fragment.");
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      throw new IllegalArgumentException("There is no such port.");
    }
    return url;
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static String refusal(InetAddress address, boolean secure) {
    String why =
        !secure && isPublic(address)
            ? " by plain http, as it is public: the URL must begin with https://."
            : ": only public addresses by https, and those that webhooks.allow-private names.";
    return "Webhooks may not call " + address.getHostAddress() + why;
  }
}
