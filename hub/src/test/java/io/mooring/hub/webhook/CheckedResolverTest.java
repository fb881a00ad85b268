package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.config.Networks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Promise;
import org.junit.jupiter.api.Test;

/** Names, and where they lead at the moment of each connection. */
class CheckedResolverTest {
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("198.35.26.96");
  private static final InetAddress INNER = InetAddress.ofLiteral("10.0.0.7");
  private static final Destinations LAN = new Destinations(Networks.parse("10.0.0.0/8"));

  private static CompletableFuture<List<InetSocketAddress>> resolve(
      CheckedResolver resolver, String host) {
    Promise.Completable<List<InetSocketAddress>> promise = new Promise.Completable<>();
    resolver.resolve(host, 443, Map.of(), promise);
    return promise.orTimeout(20, TimeUnit.SECONDS);
  }

  /** Rebinding: it led outside when it was looked at first, and leads inwards now. */
  @Test
  void aNameIsJudgedAnewForEachConnection() {
    AtomicInteger asked = new AtomicInteger();
    Destinations allowed = new Destinations(Networks.parse("198.35.26.0/24"));
    try (CheckedResolver resolver =
        new CheckedResolver(
            allowed, _ -> new InetAddress[] {asked.getAndIncrement() == 0 ? PUBLIC : INNER})) {
      assertThat(resolve(resolver, "example.com").join())
          .containsExactly(new InetSocketAddress(PUBLIC, 443));
      assertThatThrownBy(() -> resolve(resolver, "example.com").join())
          .hasRootCauseInstanceOf(CheckedResolver.Refused.class)
          .hasMessageContaining("may not call 10.0.0.7");
    }
  }

  @Test
  void onlyTheAddressesThatMayBeCalledAreHandedOn() {
    try (CheckedResolver resolver =
        new CheckedResolver(
            LAN, _ -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1"), INNER})) {
      assertThat(resolve(resolver, "example.com").join())
          .containsExactly(new InetSocketAddress(INNER, 443));
    }
  }

  @Test
  void aNameWithoutAnAddressFails() {
    try (CheckedResolver resolver =
        new CheckedResolver(
            LAN,
            host -> {
              throw new UnknownHostException(host);
            })) {
      assertThatThrownBy(() -> resolve(resolver, "example.com").join())
          .hasRootCauseInstanceOf(UnknownHostException.class);
    }
  }

  /** More connections than there are threads ask for a name whose servers do not answer. */
  @Test
  void aNameThatHangsHoldsNobodyElseUp() {
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    try (CheckedResolver resolver =
        new CheckedResolver(
            LAN,
            host -> {
              if (host.equals("hangs")) {
                asked.incrementAndGet();
                await(answer);
              }
              return new InetAddress[] {INNER};
            })) {
      List<CompletableFuture<List<InetSocketAddress>>> hanging = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        hanging.add(resolve(resolver, "hangs"));
      }
      assertThat(resolve(resolver, "works").join()).hasSize(1);
      answer.countDown();
      assertThat(hanging).allSatisfy(one -> assertThat(one.join()).hasSize(1));
      assertThat(asked.get()).isEqualTo(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      var _ = latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
