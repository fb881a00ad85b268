package io.mooring.device.internal.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.command.StoredCommandJournal;
import io.mooring.device.internal.store.PowerCutDisk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.Outbox;
import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.device.internal.telemetry.Overflow;
import io.mooring.device.internal.telemetry.Row;
import io.mooring.device.internal.telemetry.StoredOutbox;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One device and its hub over many power cuts, each of which leaves of what was not forced whatever
 * it likes.
 */
class PowerCutTest {
  private static final int LIVES = 80;
  private static final int OUTBOX_BYTES = 1024 * 1024;

  @TempDir Path parent;
  private Random random = new Random();
  private PowerCutDisk disk = new PowerCutDisk(random);
  private StoreFolder folder;
  private StoredOutbox outbox;
  private TelemetryBuffer buffer;
  private StoredCommandJournal journal;
  private boolean forceEach;
  private boolean newestFirst;
  private boolean acknowledgementsArrive;

  // The hub: what it has of each stream, by number.
  private final Map<Long, NavigableMap<Long, List<Long>>> stored = new HashMap<>();

  // Readings that were on the disk for certain.
  private final Set<Long> promised = new TreeSet<>();
  private final Set<Long> unforced = new TreeSet<>();
  private long nextNumber = 1;
  private long dropped; // for want of room
  private long perhaps; // readings on the disk

  // Commands: those certainly begun, and results certainly written; empty: perhaps.
  private final Set<Integer> begun = new HashSet<>();
  private final Map<Integer, String> ended = new HashMap<>();
  private int nextCommand = 1;

  @ParameterizedTest
  @CsvSource({
    "1,true,false,true",
    "2,true,true,true",
    "3,true,false,false",
    "4,false,false,true",
    "5,false,true,false"
  })
  void keepsWhatItPromised(
      long seed, boolean forceEach, boolean newestFirst, boolean acknowledgementsArrive)
      throws IOException {
    random = new Random(seed);
    this.acknowledgementsArrive = acknowledgementsArrive;
    this.forceEach = forceEach;
    this.newestFirst = newestFirst;
    Path present = parent.resolve("0");
    disk = PowerCutDisk.over(present, random);
    for (int life = 1; life <= LIVES; life++) {
      if (random.nextBoolean()) {
        int[] soon = {6, 40, 4_000};
        disk.failAfter(1 + random.nextInt(soon[random.nextInt(3)]));
      }
      open(present);
      if (disk.hasPower()) {
        checkCommands();
        work();
      }
      boolean cut = !disk.hasPower() || random.nextBoolean();
      disk.kill();
      folder.close();
      if (cut) {
        present = parent.resolve(Integer.toString(life));
        disk.cut(present);
        disk = PowerCutDisk.over(present, random);
        unforced.clear();
      }
    }
    open(present);
    session(Integer.MAX_VALUE);
    checkReadings();
    folder.close();
  }

  @Test
  void aNumberIsNeverUsedAgainHoweverManyThereWere() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      random = new Random(seed);
      Path path = parent.resolve("before" + seed);
      disk = PowerCutDisk.over(path, random);
      open(path);
      read();
      outbox.stored(0, 1L << 40); // as if it had sent so many
      while (Files.exists(path.resolve("telemetry-0000000001.seg"))) {
        read();
        outbox.beginSession();
        outbox.stored(0, outbox.mark().nextSeqs().get(0) - 1);
      }
      long used = outbox.mark().nextSeqs().get(0);
      disk.kill();
      folder.close();
      Path after = parent.resolve("after" + seed);
      disk.cut(after);
      disk = PowerCutDisk.over(after, random);
      open(after);
      assertThat(outbox.mark().nextSeqs().get(0)).isGreaterThanOrEqualTo(used);
      folder.close();
    }
  }

  private void open(Path path) throws IOException {
    folder = StoreFolder.open(path, disk, random.nextLong());
    outbox =
        new StoredOutbox(
            folder,
            new StoredOutbox.Settings(OUTBOX_BYTES, forceEach, newestFirst),
            random::nextLong);
    journal =
        new StoredCommandJournal(
            folder,
            new StoredCommandJournal.Settings(16 * 1024, Duration.ofDays(1), true),
            Set.of(),
            () -> 1);
    buffer =
        new TelemetryBuffer(
            new TelemetryBuffer.Settings(OUTBOX_BYTES, Overflow.DROP_OLDEST, Duration.ZERO),
            outbox,
            outbox.shapes(),
            System::nanoTime,
            Runnable::run);
  }

  /** A long time without the hub now and then, so that the outbox overflows. */
  private void work() throws IOException {
    if (acknowledgementsArrive) {
      greet(); // a power cut may have taken what it knew of the hub's
    }
    boolean offline = random.nextInt(4) == 0;
    int steps = random.nextInt(offline ? 900 : 60);
    for (int i = 0; i < steps && disk.hasPower(); i++) {
      switch (random.nextInt(8)) {
        case 0 -> session(offline ? 0 : random.nextInt(20));
        case 1 -> command();
        case 2 -> sync();
        default -> read();
      }
    }
    session(random.nextInt(100));
  }

  private void sync() throws IOException {
    folder.sync();
    if (disk.hasPower()) {
      promised.addAll(unforced);
      unforced.clear();
    }
  }

  /** A reading of up to 4000 bytes, of one of three shapes. */
  private void read() {
    long number = nextNumber++;
    Row row = new Row(1_700_000_000_000_000L + number);
    row.add("number", ValueType.VALUE_TYPE_INTEGER, number, null, 10);
    int shape = random.nextInt(3);
    for (int i = 0; i < shape; i++) {
      String text = "x".repeat(random.nextInt(4_000));
      row.add("text" + i, ValueType.VALUE_TYPE_TEXT, 0, text, text.length() + 3);
    }
    long droppedBefore = outbox.droppedReadings();
    buffer.add(row, null);
    if (disk.hasPower()) {
      dropped += outbox.droppedReadings() - droppedBefore;
      (forceEach ? promised : unforced).add(number);
    } else {
      perhaps++;
    }
  }

  /** The device connects, sends so many batches and is told of some that they are stored. */
  private void session(int batches) throws InvalidProtocolBufferException {
    List<Outbox.StreamState> streams = greet();
    for (int i = 0; i < batches; i++) {
      Outgoing next = outbox.peek();
      if (next == null || !disk.hasPower()) {
        break;
      }
      outbox.markSent(next);
      NavigableMap<Long, List<Long>> has = hubHas(streams.get(next.stream()).id());
      Long newest = has.isEmpty() ? 0L : has.lastKey();
      assertThat(next.seq()).as("a number used before").isGreaterThan(newest);
      has.put(next.seq(), numbers(next));
      if (acknowledgementsArrive || random.nextInt(3) == 0) {
        outbox.stored(next.stream(), next.seq());
      }
    }
  }

  private List<Outbox.StreamState> greet() {
    List<Outbox.StreamState> streams = outbox.beginSession();
    for (int i = 0; i < streams.size(); i++) {
      NavigableMap<Long, List<Long>> has = hubHas(streams.get(i).id());
      if (!has.isEmpty()) {
        assertThat(has.lastKey()).as("the next number").isLessThan(streams.get(i).nextSeq());
        outbox.stored(i, has.lastKey());
      }
    }
    return streams;
  }

  private NavigableMap<Long, List<Long>> hubHas(long stream) {
    return stored.computeIfAbsent(stream, id -> new TreeMap<>());
  }

  private static List<Long> numbers(Outgoing batch) throws InvalidProtocolBufferException {
    return Telemetry.parseFrom(batch.batch().body()).getIntegersList();
  }

  /** Each reading once; those promised all there, but for as many as are said to be dropped. */
  private void checkReadings() {
    List<Long> found = new ArrayList<>();
    stored.values().forEach(stream -> stream.values().forEach(found::addAll));
    assertThat(found).doesNotHaveDuplicates();
    Set<Long> missing = new TreeSet<>(promised);
    found.forEach(missing::remove);
    assertThat((long) missing.size()).as("missing").isLessThanOrEqualTo(dropped);
    if (forceEach && acknowledgementsArrive) {
      // One that the power cut met on its way to the disk is not promised, and may be there.
      assertThat(dropped).isPositive().isBetween((long) missing.size(), missing.size() + perhaps);
      assertThat(outbox.droppedReadings()).isBetween(dropped, nextNumber - 1L - found.size());
    }
    assertThat(found).hasSizeGreaterThan(1_000);
  }

  private void command() {
    int number = nextCommand++;
    ByteString id = Appender.id(number);
    journal.take(id);
    if (!journal.begin(Command.newBuilder().setId(id).setName("count").build())
        || !disk.hasPower()) {
      return;
    }
    begun.add(number);
    if (random.nextInt(4) == 0) {
      return; // still running when the power goes
    }
    String message = "done " + "y".repeat(random.nextInt(300));
    journal.finish(CommandResult.newBuilder().setId(id).setMessage(message).build());
    ended.put(number, disk.hasPower() ? message : "");
    if (disk.hasPower() && random.nextBoolean()) {
      journal.acknowledged(id);
      begun.remove(number); // the hub will not send it again: it may be forgotten
      ended.remove(number);
    }
  }

  private void checkCommands() {
    for (int number : begun) {
      CommandResult result = Objects.requireNonNull(journal.result(Appender.id(number)));
      assertThat(result.getMessage())
          .startsWith(Objects.requireNonNullElse(ended.get(number), "interrupted: "));
      if (disk.hasPower()) {
        journal.acknowledged(result.getId());
      }
    }
    begun.clear();
    ended.clear();
  }
}
