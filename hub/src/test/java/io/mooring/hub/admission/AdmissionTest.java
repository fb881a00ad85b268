package io.mooring.hub.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.SocketLimits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Bounds of those who are not known yet, by a clock that the test moves. */
class AdmissionTest {
  private static final SocketLimits LIMITS =
      new SocketLimits(100, 10, 2, 10, 5, 3, 60, 100, 10_000);

  private final AtomicLong now = new AtomicLong(5_000_000_000L);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static long admitted(HandshakeGate gate, int tries) {
    return IntStream.range(0, tries).filter(_ -> gate.enter()).count();
  }

  @Test
  void noMoreHandshakesComeInThanTheRateAllows() {
    HandshakeGate gate = new HandshakeGate(100, now::get);
    assertThat(admitted(gate, 1_000)).as("a small burst").isEqualTo(10);
    long second = 0;
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(10));
      second += admitted(gate, 50);
    }
    assertThat(second).as("with the burst as many as may come").isBetween(89L, 90L);
    pass(Duration.ofHours(1));
    assertThat(admitted(gate, 1_000)).as("what is not used does not gather").isEqualTo(10);
  }

  @Test
  void noSecondHasMoreThanTheRate() {
    Random random = new Random(11);
    for (int rate : new int[] {1, 2, 5, 15, 20, 100, 1_000}) {
      HandshakeGate gate = new HandshakeGate(rate, now::get);
      Deque<Long> withinASecond = new ArrayDeque<>();
      for (int i = 0; i < 20_000; i++) {
        now.addAndGet(random.nextLong(random.nextInt(50) == 0 ? 1_500_000_000L : 2_000_000L));
        while (!withinASecond.isEmpty() && now.get() - withinASecond.getFirst() >= 1_000_000_000L) {
          withinASecond.removeFirst();
        }
        if (gate.enter()) {
          withinASecond.addLast(now.get());
        }
        assertThat(withinASecond.size()).as("of %s a second", rate).isLessThanOrEqualTo(rate);
      }
    }
  }

  @Test
  void whoIsRefusedGetsASlotOfItsOwn() {
    HandshakeGate gate = new HandshakeGate(100, now::get);
    List<Duration> slots = Stream.generate(gate::slot).limit(800).toList();
    assertThat(slots).isSorted().doesNotHaveDuplicates();
    assertThat(slots.getLast()).as("at 80 of 100 a second").isEqualTo(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(4));
    assertThat(gate.slot().toMillis()).as("after those who were told before").isEqualTo(6_012);
    pass(Duration.ofSeconds(60));
    assertThat(gate.slot().toMillis()).as("nobody waits any more").isEqualTo(12);
  }

  /** However devices come and go, a killed hub gets them back at 80 of its 100 a second. */
  @Test
  void eachOfThoseWhoAreThereHasASlotOfItsOwn() {
    Ranks ranks = new Ranks();
    List<Integer> there =
        new ArrayList<>(IntStream.range(0, 1_000).map(_ -> ranks.take()).boxed().toList());
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      Collections.shuffle(there.subList(990, 1_000), random);
      Collections.rotate(there, 7);
      int leaving = 1 + random.nextInt(10);
      for (int n = 0; n < leaving; n++) {
        ranks.leave(there.removeLast());
      }
      for (int n = 0; n < leaving; n++) {
        there.add(ranks.take());
      }
    }
    assertThat(there.stream().map(rank -> HandshakeGate.slot(rank, 100)).sorted())
        .doesNotHaveDuplicates()
        .hasSize(1_000)
        .last()
        .isEqualTo(Duration.ofMillis(12_487).plusNanos(500_000));
    assertThat(HandshakeGate.slot(1_000_000, 100)).isLessThan(Duration.ofMinutes(2));
    assertThat(HandshakeGate.slot(1_000_000, 0)).isZero();
  }

  /** Refused strangers must not push the devices' slots out for ever. */
  @Test
  void noSlotIsFartherThanTwoMinutes() {
    HandshakeGate gate = new HandshakeGate(10, now::get);
    assertThat(Stream.generate(gate::slot).limit(10_000))
        .allMatch(slot -> slot.compareTo(Duration.ofSeconds(121)) < 0);
  }

  @Test
  void zeroMeansNoBound() {
    HandshakeGate gate = new HandshakeGate(0, now::get);
    assertThat(admitted(gate, 100_000)).isEqualTo(100_000);
    assertThat(gate.slot()).isZero();
    assertThat(HandshakeGate.window(1_000, 0)).isZero();
  }

  @Test
  void theWindowOfAFleetKeepsItUnderTheRate() {
    assertThat(HandshakeGate.window(15_000, 5_000)).isEqualTo(Duration.ofMillis(3_750));
    assertThat(HandshakeGate.window(1, 5_000)).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void wrongTokensCloseTheirAddressForAWhile() {
    WrongTokens wrong = new WrongTokens(LIMITS, new KnownIds(), now::get);
    IntStream.range(0, 3).forEach(_ -> wrong.wrong("192.0.2.7"));
    pass(Duration.ofMillis(10_500));
    assertThat(wrong.closedFor("192.0.2.7", "any")).contains(Duration.ofSeconds(50));
    assertThat(wrong.closedFor("192.0.2.8", "any")).isEmpty();
    pass(Duration.ofMillis(49_500));
    assertThat(wrong.closedFor("192.0.2.7", "any")).isEmpty();
    wrong.wrong("192.0.2.7");
    assertThat(wrong.closedFor("192.0.2.7", "any")).as("counted anew").isEmpty();
  }

  /** One device with an old token, or a guesser, must not keep a whole site out. */
  @Test
  void tokensThatOpenedBeforeStillDoBehindAClosedAddress() {
    WrongTokens wrong = new WrongTokens(LIMITS, new KnownIds(), now::get);
    wrong.right("token-of-a-neighbour");
    IntStream.range(0, 3).forEach(_ -> wrong.wrong("192.0.2.7"));
    assertThat(wrong.closedFor("192.0.2.7", "token-of-a-neighbour")).isEmpty();
    assertThat(wrong.closedFor("192.0.2.7", "token-of-a-neighbouq")).isPresent();
  }

  /** As a stolen one that was revoked: it takes no place in the others' rate. */
  @Test
  void aCredentialThatIsRefusedAgainAndAgainIsNotLookedAtFromThere() {
    KnownIds known = new KnownIds();
    known.add("stolen");
    WrongTokens wrong = new WrongTokens(LIMITS, known, now::get);
    IntStream.range(0, 2).forEach(_ -> wrong.refused("192.0.2.7", "stolen"));
    assertThat(wrong.closedFor("192.0.2.7", "stolen")).isEmpty();
    wrong.refused("192.0.2.7", "stolen");
    assertThat(wrong.closedFor("192.0.2.7", "stolen")).contains(Duration.ofSeconds(60));
    assertThat(wrong.closedFor("192.0.2.7", "another")).isEmpty();
    assertThat(wrong.closedFor("192.0.2.8", "stolen")).as("from elsewhere").isEmpty();
    pass(Duration.ofSeconds(60));
    assertThat(wrong.closedFor("192.0.2.7", "stolen")).isEmpty();
  }

  /** As many as a hub serves are all kept; what does not fit takes an older one's place. */
  @Test
  void theIdsOfAWholeFleetAreKnown() {
    KnownIds known = new KnownIds();
    IntStream.range(0, 100_000).forEach(i -> known.add("token" + i));
    assertThat(IntStream.range(0, 100_000).filter(i -> known.contains("token" + i)).count())
        .isEqualTo(100_000);
    assertThat(IntStream.range(100_000, 200_000).filter(i -> known.contains("token" + i)))
        .isEmpty();
    IntStream.range(0, 1_000_000).forEach(i -> known.add("more" + i));
    assertThat(known.contains("more999999")).isTrue();
  }

  @Test
  void addressesOfOneIpv6NetworkCountTogether() {
    WrongTokens wrong = new WrongTokens(LIMITS, new KnownIds(), now::get);
    IntStream.range(0, 3).forEach(i -> wrong.wrong("2001:db8:1:2::" + i));
    assertThat(wrong.closedFor("2001:db8:1:2:ffff::1", "any")).isPresent();
    assertThat(wrong.closedFor("2001:db8:1:3::1", "any")).isEmpty();
    assertThat(Source.of("::ffff:192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(Source.of("pump.example")).isEqualTo("pump.example");
  }

  @Test
  void aFloodOfAddressesTakesNoMoreMemory() {
    WrongTokens wrong = new WrongTokens(LIMITS, new KnownIds(), now::get);
    for (int i = 0; i < 30_000; i++) {
      wrong.wrong("2001:db8:" + Integer.toHexString(i) + "::1");
    }
    assertThat(wrong.size()).isEqualTo(10_000);
  }

  @Test
  void aCrowdForgetsWhoHasNoneLeft() {
    Crowd<String> crowd = new Crowd<>();
    crowd.entered("a");
    crowd.entered("a");
    crowd.left("a");
    assertThat(crowd.of("a")).isEqualTo(1);
    crowd.left("a");
    crowd.left("a");
    assertThat(crowd.of("a")).isZero();
  }
}
