package io.mooring.hub.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Networks;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.ops.Metrics;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Room for 10 strangers, 3 of one address. */
class StrangersTest {
  private static final SocketLimits LIMITS = new SocketLimits(0, 10, 2, 10, 3, 3, 60, 0, 0);

  private final AtomicLong now = new AtomicLong();
  private final Metrics metrics = new Metrics();
  private final List<String> cut = new ArrayList<>();
  private final Strangers strangers =
      new Strangers(LIMITS, Networks.parse("10.0.0.0/8"), now::get, metrics);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private Strangers.Socket comes(String name, String address) {
    Strangers.Socket socket =
        new Strangers.Socket() {
          @Override
          public void cut() {
            cut.add(name);
          }

          @Override
          public void known() {
            strangers.left(this);
          }
        };
    strangers.came(socket, InetAddress.ofLiteral(address));
    return socket;
  }

  private double count(String reason) {
    return metrics.strangersCut.labelValues(reason).get();
  }

  @Test
  void forANewOneOfAnAddressItsOldestGoes() {
    comes("other", "192.0.2.1");
    pass(Duration.ofSeconds(5));
    IntStream.range(0, 5)
        .forEach(
            i -> {
              comes("slow" + i, "2001:db8::" + i);
              pass(Duration.ofSeconds(1));
            });
    assertThat(cut).containsExactly("slow0", "slow1");
    assertThat(count("address-full")).isEqualTo(2);
    assertThat(strangers.size()).isEqualTo(4);
  }

  @Test
  void forANewOneOfTheNodeTheOldestGoes() {
    IntStream.range(0, 10).forEach(i -> comes("slow" + i, "192.0.2." + i));
    pass(Duration.ofSeconds(1));
    comes("device", "198.51.100.1");
    assertThat(cut).containsExactly("slow0");
    assertThat(count("full")).isEqualTo(1);
  }

  /** In a storm those who have waited longest are about to be served. */
  @Test
  void whoCameJustNowStaysAndTheNewOneGoes() {
    IntStream.range(0, 10).forEach(i -> comes("device" + i, "192.0.2." + i));
    comes("late", "198.51.100.1");
    assertThat(cut).containsExactly("late");
    assertThat(strangers.size()).isEqualTo(10);
  }

  /** Else as many kept-alive connections as there is room for, each of them busy, kept all out. */
  @Test
  void whoKeepsAskingMakesRoomAllTheSame() {
    List<Strangers.Socket> busy =
        IntStream.range(0, 10).mapToObj(i -> comes("busy" + i, "192.0.2." + i)).toList();
    pass(Duration.ofSeconds(2));
    busy.forEach(strangers::asked);
    comes("device", "198.51.100.1");
    assertThat(cut).containsExactly("busy0");
  }

  @Test
  void whoIsKnownCountsNoMore() {
    for (int i = 0; i < 100; i++) {
      comes("device" + i, "192.0.2.1").known();
    }
    assertThat(cut).isEmpty();
    assertThat(strangers.size()).isZero();
  }

  @Test
  void aTrustedProxyHasManyClients() {
    IntStream.range(0, 10).forEach(i -> comes("client" + i, "10.0.0.1"));
    assertThat(cut).isEmpty();
  }

  @Test
  void whoAsksForNothingForHalfAMinuteGoes() {
    comes("slow", "192.0.2.1");
    Strangers.Socket browser = comes("browser", "192.0.2.2");
    pass(Duration.ofSeconds(29));
    strangers.asked(browser);
    strangers.sweep();
    assertThat(cut).isEmpty();
    pass(Duration.ofSeconds(1));
    strangers.sweep();
    assertThat(cut).containsExactly("slow");
    assertThat(count("slow")).isEqualTo(1);
    pass(Duration.ofSeconds(29));
    strangers.sweep();
    assertThat(cut).containsExactly("slow", "browser");
    assertThat(strangers.size()).isZero();
  }
}
