package io.mooring.hub.web;

import io.mooring.hub.config.Networks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Believes what trusted proxies say of the client: its address, scheme and host. What anybody else
 * says is ignored.
 *
 * <p>Proxies append: the last entry is what the proxy before us saw, and what a client has made up
 * stands before it. So the client is the last entry that is no trusted proxy itself. (Jetty's own
 * customizer takes the first entry, which is the client's to choose; it is told one entry only.)
 */
public final class TrustedProxies implements HttpConfiguration.Customizer {
  private static final String FOR = HttpHeader.X_FORWARDED_FOR.asString();
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** All headers that Jetty's customizer would go by. */
  private static final List<String> HEADERS =
      List.of(
          HttpHeader.FORWARDED.asString(),
          FOR,
          HttpHeader.X_FORWARDED_PROTO.asString(),
          HttpHeader.X_FORWARDED_HOST.asString(),
          HttpHeader.X_FORWARDED_PORT.asString(),
          HttpHeader.X_FORWARDED_SERVER.asString(),
          "X-Proxied-Https",
          "Proxy-auth-cert",
          "Proxy-ssl-id");

  private static final Pattern PARAMETER =
      Pattern.compile("(?i)(for|proto|host)\\s*=\\s*(?:\"([^\"]*)\"|([^\";,\\s]*))");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,255}");
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");

  private final Networks trusted;
  private final ForwardedRequestCustomizer jetty = new ForwardedRequestCustomizer();

  public TrustedProxies(Networks trusted) {
    this.trusted = trusted;
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    if (!(request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer)
        || peer.getAddress() == null
        || !trusted.contains(peer.getAddress())) {
      return request;
    }
    HttpFields.Mutable headers = HttpFields.build(request.getHeaders());
    HEADERS.forEach(headers::remove);
    // Proxies that write X-Forwarded-For mostly let a client's Forwarded pass: that one counts
    // last.
    HttpFields given = request.getHeaders();
    if (HEADERS.stream().anyMatch(name -> name.startsWith("X-Forwarded") && given.contains(name))) {
      keepOfMany(given, headers);
    } else {
      keepOfForwarded(given, headers);
    }
    return jetty.customize(
        new Request.Wrapper(request) {
          @Override
          public HttpFields getHeaders() {
            return headers;
          }
        },
        responseHeaders);
  }

  /** X-Forwarded-For, -Proto, -Host, -Port: lists of equal length, or of one entry. */
  private void keepOfMany(HttpFields given, HttpFields.Mutable headers) {
    List<String> clients = given.getCSV(FOR, false);
    int back = hopsBack(clients);
    put(headers, FOR, address(entry(clients, back)).map(InetAddress::getHostAddress));
    putScheme(headers, entry(given.getCSV(HttpHeader.X_FORWARDED_PROTO.asString(), false), back));
    putMatching(headers, HttpHeader.X_FORWARDED_HOST, given, back, HOST);
    putMatching(headers, HttpHeader.X_FORWARDED_PORT, given, back, PORT);
  }

  /** RFC 7239: one element a proxy. */
  private void keepOfForwarded(HttpFields given, HttpFields.Mutable headers) {
    List<String> elements = given.getCSV(HttpHeader.FORWARDED.asString(), true);
    List<String> clients = elements.stream().map(e -> parameter(e, "for").orElse("")).toList();
    int back = hopsBack(clients);
    String element = Optional.ofNullable(entry(elements, back)).orElse("");
    put(headers, FOR, address(entry(clients, back)).map(InetAddress::getHostAddress));
    putScheme(headers, parameter(element, "proto").orElse(null));
    put(
        headers,
        HttpHeader.X_FORWARDED_HOST.asString(),
        parameter(element, "host").filter(host -> HOST.matcher(host).matches()));
  }

  /** How many entries at the end are trusted proxies; at most all but the first. */
  private int hopsBack(List<String> clients) {
    int back = 0;
    while (back < clients.size() - 1
        && address(entry(clients, back)).filter(trusted::contains).isPresent()) {
      back++;
    }
    return back;
  }

  /** Counted from the end; the first one where there are fewer. */
  private static @Nullable String entry(List<String> entries, int back) {
    return entries.isEmpty() ? null : entries.get(Math.max(0, entries.size() - 1 - back));
  }

  /** Of {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]:80}. */
  private static Optional<InetAddress> address(@Nullable String entry) {
    if (entry == null) {
      return Optional.empty();
    }
    String literal = entry;
    if (entry.startsWith("[")) {
      literal = entry.substring(1, Math.max(1, entry.indexOf(']')));
    } else if (entry.indexOf(':') == entry.lastIndexOf(':') && entry.contains(":")) {
      literal = entry.substring(0, entry.indexOf(':'));
    }
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // "unknown" and the like: the proxy itself is all we know
    }
  }

  private static Optional<String> parameter(String element, String name) {
    Matcher parameter = PARAMETER.matcher(element);
    while (parameter.find()) {
      if (parameter.group(1).equalsIgnoreCase(name)) {
        return Optional.of(parameter.group(2) == null ? parameter.group(3) : parameter.group(2));
      }
    }
    return Optional.empty();
  }

  private static void putScheme(HttpFields.Mutable headers, @Nullable String scheme) {
    put(
        headers,
        HttpHeader.X_FORWARDED_PROTO.asString(),
        Optional.ofNullable(scheme)
            .map(text -> text.toLowerCase(Locale.ROOT))
            .filter(SCHEMES::contains));
  }

  private static void putMatching(
      HttpFields.Mutable headers, HttpHeader header, HttpFields given, int back, Pattern valid) {
    String name = header.asString();
    put(
        headers,
        name,
        Optional.ofNullable(entry(given.getCSV(name, false), back))
            .filter(text -> valid.matcher(text).matches()));
  }

  private static void put(HttpFields.Mutable headers, String name, Optional<String> value) {
    value.ifPresent(text -> headers.put(name, text));
  }
}
