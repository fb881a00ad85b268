package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.config.Networks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
  private static final Destinations PUBLIC = new Destinations(Networks.NONE);
  private static final Destinations LAN = new Destinations(Networks.parse("10.1.0.0/16, fd00::/8"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void whatIsNotPublicIsNotCalled(String literal) {
    assertThat(PUBLIC.mayCall(InetAddress.ofLiteral(literal), true)).isFalse();
    assertThat(PUBLIC.mayCall(InetAddress.ofLiteral(literal), false)).isFalse();
    String host = literal.contains(":") ? "[" + literal + "]" : literal;
    assertThatThrownBy(() -> PUBLIC.parse("https://" + host + "/hook"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("may not call");
  }

  /** The same bytes in sixteen: the JDK makes an IPv4 address of them. */
  @Test
  void mappedAddressesAreWhatTheyStandFor() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    assertThat(PUBLIC.mayCall(InetAddress.getByAddress(mapped), true)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.1.1.1", "172.32.0.1", "100.128.0.1", "192.1.2.3", "2606:4700::1", "2a00::1"})
  void publicAddressesAreCalledByHttpsOnly(String literal) {
    assertThat(PUBLIC.mayCall(InetAddress.ofLiteral(literal), true)).isTrue();
    assertThat(PUBLIC.mayCall(InetAddress.ofLiteral(literal), false)).isFalse();
    assertThat(LAN.mayCall(InetAddress.ofLiteral(literal), false)).isFalse();
  }

  @Test
  void whatTheOperatorAllowsIsCalledByHttpToo() {
    for (String literal : new String[] {"10.1.2.3", "fd00::7"}) {
      assertThat(LAN.mayCall(InetAddress.ofLiteral(literal), true)).isTrue();
      assertThat(LAN.mayCall(InetAddress.ofLiteral(literal), false)).isTrue();
    }
    assertThat(LAN.mayCall(InetAddress.ofLiteral("10.2.0.1"), true)).isFalse();
    assertThat(LAN.parse("http://10.1.2.3:8080/hook").getPort()).isEqualTo(8080);
    assertThat(LAN.parse("http://erp.internal/hook?a=b").getHost()).isEqualTo("erp.internal");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com/hook",
        "//example.com/hook",
        "https:///hook",
        "https:example.com",
        "http://example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://exa mple.com/"
      })
  void urlsThatAreNoneAreRefused(String url) {
    assertThatThrownBy(() -> PUBLIC.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void longUrlsAreRefused() {
    String url = "https://example.com/" + "x".repeat(2_000);
    assertThatThrownBy(() -> PUBLIC.parse(url)).hasMessageContaining("2000");
    assertThat(PUBLIC.parse("https://example.com/hook").getPath()).isEqualTo("/hook");
  }
}
