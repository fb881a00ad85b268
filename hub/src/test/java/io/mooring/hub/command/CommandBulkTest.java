package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.command.Commands.Filter;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many commands accepted together, and lists of what was accepted. */
class CommandBulkTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private CommandWorld world = new CommandWorld(DATABASE);

  @Test
  void manyAreAcceptedInOrderAndInOneTransaction() {
    List<Accepted> accepted =
        world
            .commands()
            .acceptAll(IntStream.range(0, 500).mapToObj(i -> request("c" + i, null)).toList())
            .join();
    assertThat(accepted).hasSize(500).allMatch(Accepted.Durable.class::isInstance);
    assertThat(world.sql.number("SELECT count(DISTINCT xmin::text) FROM command")).isEqualTo(1);
    assertThat(world.commands().waiting()).isEqualTo(500);
    CommandDevice device = world.device(true);
    CommandWorld.until(() -> device.acknowledged.size() == 500);
    assertThat(device.payloads())
        .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "c" + i).toList());
  }

  @Test
  void eachHasAnOutcomeOfItsOwn() {
    Command known = durable(world.commands().accept(request("known", "k1")).join()).command();
    List<Accepted> accepted =
        world
            .commands()
            .acceptAll(
                List.of(
                    request("a", null),
                    request("known", "k1"),
                    request("other", "k1"),
                    request("twice", "k2"),
                    request("twice", "k2")))
            .join();
    assertThat(durable(accepted.getFirst()).repeated()).isFalse();
    assertThat(durable(accepted.get(1)).command().id()).isEqualTo(known.id());
    assertThat(durable(accepted.get(1)).repeated()).isTrue();
    assertThat(accepted.get(2)).isEqualTo(new Accepted.KeyTaken(known.id()));
    assertThat(durable(accepted.get(3)).repeated()).isFalse();
    assertThat(durable(accepted.get(4)).repeated()).isTrue();
    assertThat(durable(accepted.get(4)).command().id())
        .isEqualTo(durable(accepted.get(3)).command().id());
    assertThat(world.commands().waiting()).isEqualTo(3);
  }

  @Test
  void whatFindsNoRoomIsRefusedAndTheRestAccepted() {
    int most = Limits.DEFAULTS.commandsOpen();
    List<Command.Request> requests = new ArrayList<>();
    requests.add(request("first", "k"));
    IntStream.range(1, most).forEach(i -> requests.add(request("c" + i, null)));
    world.commands().acceptAll(requests).join();
    List<Accepted> more =
        world
            .commands()
            .acceptAll(List.of(request("x", null), request("first", "k"), request("y", "new")))
            .join();
    assertThat(more.getFirst()).isEqualTo(new Accepted.QueueFull(most, 0));
    assertThat(durable(more.get(1)).repeated()).isTrue();
    assertThat(more.get(2)).isEqualTo(new Accepted.QueueFull(most, 0));
    assertThat(world.commands().waiting()).isEqualTo(most);
  }

  /** Lines that are refused wait for nobody, and are not counted. */
  @Test
  void ofARequestThatFillsTheQueueItSaysHowManyAreItsOwn() {
    int most = Limits.DEFAULTS.commandsOpen();
    List<Command.Request> requests = new ArrayList<>();
    world.accept("before");
    IntStream.range(0, most + 2).forEach(i -> requests.add(request("c" + i, null)));
    List<Accepted> accepted = world.commands().acceptAll(requests).join();
    assertThat(accepted.subList(0, most - 1)).allMatch(Accepted.Durable.class::isInstance);
    assertThat(accepted.subList(most - 1, most + 2))
        .containsOnly(new Accepted.QueueFull(most, most - 1));
    assertThat(world.commands().waiting()).isEqualTo(most);
  }

  /** Its commands go a little later than it does. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void theIdempotencyKeysOfADeletedDeviceAreFree(int count) {
    int gone = world.sql.device("gone");
    DATABASE.execute(
        "INSERT INTO command (id, device_key, name, content_type, payload, state, created_at,"
            + " changed_at, expires_at, caller, request_digest, idempotency_key) VALUES"
            + " (gen_random_uuid(), %d, 'x', '', '', 'succeeded', now(), now(), now(), '%s', '', 'k0')"
                .formatted(gone, Actors.ANNA.text()),
        "DELETE FROM device WHERE id = 'gone'");
    List<Accepted> accepted =
        world
            .commands()
            .acceptAll(IntStream.range(0, count).mapToObj(i -> request("c" + i, "k" + i)).toList())
            .join();
    assertThat(accepted).allMatch(one -> !durable(one).repeated());
    assertThat(world.sql.number("SELECT count(*) FROM command")).isEqualTo(count);
    assertThat(world.sql.number("SELECT count(*) FROM event")).isEqualTo(count);
  }

  /** In a request of any size: large ones are written another way than small ones. */
  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void aDeviceThatWasDeletedAMomentAgoHarmsNoOther(int count) {
    int gone = world.sql.device("gone");
    DATABASE.execute("DELETE FROM device WHERE id = 'gone'");
    List<Command.Request> requests = new ArrayList<>();
    IntStream.range(0, count).forEach(i -> requests.add(request("c" + i, null)));
    Command.Request of = request("x", null);
    requests.add(
        1,
        new Command.Request(
            gone,
            of.name(),
            of.contentType(),
            of.payload(),
            of.expiresAt(),
            of.ttl(),
            Actors.ANNA,
            null,
            null));
    List<Accepted> accepted = new ArrayList<>(world.commands().acceptAll(requests).join());
    assertThat(accepted.remove(1)).isEqualTo(new Accepted.NoDevice());
    assertThat(accepted).hasSize(count).allMatch(Accepted.Durable.class::isInstance);
    assertThat(world.commands().waiting()).isEqualTo(count);
    List<Command> commands = accepted.stream().map(a -> durable(a).command()).toList();
    assertThat(commands).isSortedAccordingTo(Comparator.comparingLong(Command::ordinal));
    for (Command command : commands) {
      assertThat(world.find(command.id())).usingRecursiveComparison().isEqualTo(command);
      assertThat(world.states(command.id())).containsExactly("queued");
    }
    CommandDevice device = world.device(true);
    CommandWorld.until(() -> world.commands().waiting() == 0);
    assertThat(device.payloads())
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> "c" + i).toList());
  }

  @Test
  void listsGoByTimeNewestFirstAndAreFiltered() {
    Instant start = world.time.instant();
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(world.accept("c" + i).id());
      world.time.advance(Duration.ofMinutes(1));
    }
    world.commands().cancel(world.find(ids.get(2)), Actors.ANNA).join();
    assertThat(list(all(null, null, null))).containsExactlyElementsOf(ids.reversed());
    assertThat(
            world.commands().list(all(null, null, null), ids.get(3), 2).stream().map(Command::id))
        .containsExactly(ids.get(2), ids.get(1));
    assertThat(list(all(CommandState.CANCELLED, null, null))).containsExactly(ids.get(2));
    assertThat(list(all(CommandState.QUEUED, null, null))).hasSize(4);
    assertThat(list(all(null, start.plusSeconds(60), start.plusSeconds(180))))
        .containsExactly(ids.get(2), ids.get(1));
    assertThat(list(new Filter(null, null, "step", null, null, null))).hasSize(5);
    assertThat(list(new Filter(null, null, "other", null, null, null))).isEmpty();
    assertThat(list(new Filter(world.key, CommandState.CANCELLED, "step", null, start, null)))
        .hasSize(1);
    assertThat(list(new Filter(world.key + 1, null, null, null, null, null))).isEmpty();
  }

  @Test
  void standingCountsWhatIsBeforeAndWhatIsUnderWay() {
    List<Command> commands = IntStream.range(0, 20).mapToObj(i -> world.accept("c" + i)).toList();
    CommandDevice device = world.device(false);
    CommandWorld.until(() -> device.commands.size() == 16);
    world.until(commands.get(15).id(), CommandState.SENT);
    assertThat(world.commands().standing(commands.getLast()))
        .isEqualTo(
            new Command.Standing(
                19, 16, new Command.Front(commands.getFirst().id(), "step", CommandState.SENT)));
    assertThat(world.commands().standing(commands.getFirst()))
        .isEqualTo(new Command.Standing(0, 16, null));
  }

  @Test
  void idsOfOneMillisecondRise() {
    List<UUID> ids = IntStream.range(0, 10_000).mapToObj(i -> id()).toList();
    assertThat(ids).isSortedAccordingTo((a, b) -> Long.compareUnsigned(high(a), high(b)));
    assertThat(ids.getLast().version()).isEqualTo(7);
    assertThat(ids.getLast().variant()).isEqualTo(2);
    assertThat(ids).doesNotHaveDuplicates();
  }

  private final CommandIds ids = new CommandIds(world.time, new java.util.Random(1));

  private UUID id() {
    return ids.next();
  }

  private static long high(UUID id) {
    return id.getMostSignificantBits();
  }

  private List<UUID> list(Filter filter) {
    return world.commands().list(filter, null, 100).stream().map(Command::id).toList();
  }

  private static Filter all(
      @Nullable CommandState state, @Nullable Instant from, @Nullable Instant to) {
    return new Filter(null, state, null, null, from, to);
  }

  private Command.Request request(String payload, @Nullable String key) {
    return world.request(payload, key, null);
  }

  private static Accepted.Durable durable(Accepted accepted) {
    return (Accepted.Durable) accepted;
  }
}
