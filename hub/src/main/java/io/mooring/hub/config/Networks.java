package io.mooring.hub.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A set of IP addresses, such as {@code 10.0.0.7, 192.168.0.0/16, fd00::/8}. */
public final class Networks {
  /** Holds no address. */
  public static final Networks NONE = new Networks(List.of());

  private final List<Network> networks;

  private Networks(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /**
   * Reads addresses and networks in CIDR notation, separated by commas.
   *
   * @throws IllegalArgumentException when one is neither; the message continues "the value …"
   */
  public static Networks parse(String text) {
    List<Network> networks = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      networks.add(Network.parse(part.strip()));
    }
    return new Networks(networks);
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(network -> network.contains(bytes));
  }

  /** Whether it holds no address. */
  public boolean isEmpty() {
    return networks.isEmpty();
  }

  @Override
  public String toString() {
    return networks.toString();
  }

  /**
   * The addresses that begin with the same bits.
   *
   * @param bits how many of them count
   */
  private record Network(InetAddress first, int bits) {
    static Network parse(String text) {
      int slash = text.indexOf('/');
      InetAddress address = address(slash < 0 ? text : text.substring(0, slash), text);
      int most = address.getAddress().length * 8;
      int bits = slash < 0 ? most : bits(text.substring(slash + 1), most, text);
      Network network = new Network(address, bits);
      if (!network.first().equals(network.masked())) {
        throw new IllegalArgumentException(
            "has bits set after the first %d of %s; write %s/%d"
                .formatted(bits, text, network.masked().getHostAddress(), bits));
      }
      return network;
    }

    private static InetAddress address(String literal, String whole) {
      try {
        return InetAddress.ofLiteral(literal);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "holds \"%s\", which is no IP address or network; write such as 10.0.0.7 or 10.1.0.0/16"
                .formatted(whole),
            e);
      }
    }

    private static int bits(String text, int most, String whole) {
      if (text.matches("\\d{1,3}") && Integer.parseInt(text) <= most) {
        return Integer.parseInt(text);
      }
      throw new IllegalArgumentException(
          "holds \"%s\": what follows / must be 0 to %d".formatted(whole, most));
    }

    private InetAddress masked() {
      byte[] bytes = first.getAddress();
      for (int bit = bits; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
      }
      try {
        return InetAddress.getByAddress(bytes);
      } catch (java.net.UnknownHostException e) {
        throw new IllegalStateException("an address of the length it had", e);
      }
    }

    boolean contains(byte[] address) {
      byte[] own = first.getAddress();
      if (address.length != own.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        if (((address[bit / 8] ^ own[bit / 8]) & 0x80 >> bit % 8) != 0) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return first.getHostAddress() + "/" + bits;
    }
  }
}
