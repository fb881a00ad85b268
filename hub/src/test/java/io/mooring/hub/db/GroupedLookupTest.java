package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class GroupedLookupTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @AutoClose private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  private final List<Integer> sizes = new CopyOnWriteArrayList<>();
  private final CountDownLatch first = new CountDownLatch(1);

  /**
   * Knows even numbers; fails when asked for 13, worse for 15, is away for 17; waits in its first
   * query for {@link #first}.
   */
  private final GroupedLookup<Integer, String> lookup =
      new GroupedLookup<>(
          DATABASE.database(),
          (connection, keys) -> {
            sizes.add(keys.size());
            if (sizes.size() == 1) {
              await();
            }
            if (keys.contains(13)) {
              throw new SQLException("no", "22000");
            }
            if (keys.contains(15)) {
              throw new AssertionError("fatal");
            }
            if (keys.contains(17)) {
              throw new SQLException("away", "08006");
            }
            Map<Integer, String> found = new HashMap<>();
            keys.stream().filter(key -> key % 2 == 0).forEach(key -> found.put(key, "v" + key));
            return found;
          });

  private void await() {
    try {
      first.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void thoseWhoComeWhileAQueryRunsShareTheNext() {
    CompletableFuture<Optional<String>> one = ask(2);
    Awaitility.await().until(() -> sizes.size() == 1);
    List<CompletableFuture<Optional<String>>> many =
        IntStream.range(100, 1100).mapToObj(this::ask).toList();
    Awaitility.await().until(() -> lookup.waiting() == 1000);
    first.countDown();
    assertThat(one.join()).contains("v2");
    for (int i = 0; i < 1000; i++) {
      assertThat(many.get(i).join()).isEqualTo(even(100 + i));
    }
    assertThat(sizes).hasSize(3);
  }

  @Test
  void everyOneIsAnsweredHoweverTheyCome() {
    first.countDown();
    List<CompletableFuture<Optional<String>>> all =
        IntStream.range(20, 20_020).mapToObj(this::ask).toList();
    for (int i = 0; i < 20_000; i++) {
      assertThat(all.get(i).join()).isEqualTo(even(20 + i));
    }
  }

  /** A query that found the database away took long: nobody waits for a second one. */
  @Test
  void whoeverWaitsLearnsAtOnceThatTheDatabaseIsAway() {
    CompletableFuture<Optional<String>> one = lookup.find(17);
    Awaitility.await().until(() -> sizes.size() == 1);
    List<CompletableFuture<Optional<String>>> many =
        IntStream.range(100, 1300).mapToObj(lookup::find).toList();
    Awaitility.await().until(() -> lookup.waiting() == 1200);
    first.countDown();
    assertThatThrownBy(() -> one.get(10, TimeUnit.SECONDS)).hasMessageContaining("away");
    assertThat(many)
        .allSatisfy(
            each ->
                assertThatThrownBy(() -> each.get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("away"));
    assertThat(sizes).hasSize(1);
    assertThat(lookup.find(2).orTimeout(10, TimeUnit.SECONDS).join()).contains("v2");
  }

  @Test
  void aFailureReachesItsCallersAndNobodyElse() {
    first.countDown();
    assertThatThrownBy(() -> lookup.find(13).join()).hasCauseInstanceOf(DatabaseException.class);
    assertThat(lookup.find(14).join()).contains("v14");
  }

  @Test
  void anErrorReachesItsCallersAndThoseWhoComeLaterAreAnswered() {
    first.countDown();
    assertThat(lookup.find(15))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withMessageContaining("fatal");
    assertThat(lookup.find(14)).succeedsWithin(PATIENCE).isEqualTo(Optional.of("v14"));
  }

  private CompletableFuture<Optional<String>> ask(int key) {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    callers.execute(
        () -> {
          var _ = lookup.find(key).thenAccept(answer::complete);
        });
    return answer;
  }

  private static Optional<String> even(int key) {
    return key % 2 == 0 ? Optional.of("v" + key) : Optional.empty();
  }
}
