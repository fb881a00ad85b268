package io.mooring.hub.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** What counts as one address where strangers are counted. */
public final class Source {
  /** What a provider gives to one customer, who may take any address of it. */
  private static final int IPV6_PREFIX_BYTES = 8;

  private Source() {}

  /** Of IPv6 the network (/64), which is one customer's: its addresses are without number. */
  public static String of(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.ofLiteral(address).getAddress();
      if (bytes.length > IPV6_PREFIX_BYTES) {
        Arrays.fill(bytes, IPV6_PREFIX_BYTES, bytes.length, (byte) 0);
        return InetAddress.getByAddress(bytes).getHostAddress();
      }
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (IllegalArgumentException | UnknownHostException e) {
      // a name: it is what we know
    }
    return address;
  }
}
