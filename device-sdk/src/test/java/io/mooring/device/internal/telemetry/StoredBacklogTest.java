package io.mooring.device.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.protocol.v1.ValueType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured while a backlog is sent, where the oldest readings go first. */
class StoredBacklogTest {
  private static final int LARGE = 512 * 1024;

  @TempDir Path parent;
  private StoreFolder folder;
  private StoredOutbox outbox;
  private int values;

  @BeforeEach
  void open() throws IOException {
    folder = StoreFolder.open(parent.resolve("store"), Disk.REAL, 7);
    StoredOutbox.Settings settings = new StoredOutbox.Settings(4 * LARGE, false, false);
    outbox = new StoredOutbox(folder, settings, () -> 9);
  }

  @AfterEach
  void close() throws IOException {
    outbox.close();
    folder.close();
  }

  @Test
  void aLargeOneSharesTheWayWithWhatIsNew() throws IOException {
    while (outbox.heldBytes() < LARGE) {
      append();
    }
    outbox.beginSession();
    for (int i = 0; i < 3; i++) {
      append();
    }
    List<Integer> streams = new ArrayList<>();
    List<Long> old = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      Outgoing next = next();
      outbox.markSent(next);
      streams.add(next.stream());
      if (next.stream() == 0) {
        old.add(next.seq());
      }
    }
    assertThat(streams).containsExactly(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0);
    assertThat(old).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    append();
    assertThat(next().stream()).as("what is new goes on sharing").isZero();
    outbox.markSent(next());
    assertThat(next().stream()).isOne();
  }

  @Test
  void aSmallOneKeepsTheOrder() throws IOException {
    for (int i = 0; i < 50; i++) {
      append();
    }
    assertThat(outbox.beginSession()).hasSize(1);
    append();
    assertThat(outbox.beginSession()).hasSize(1);
  }

  private Outgoing next() {
    return Objects.requireNonNull(outbox.peek());
  }

  private void append() throws IOException {
    Row row = new Row(1_700_000_000_000_000L + values);
    row.add("v", ValueType.VALUE_TYPE_INTEGER, values++, null, 10);
    OpenBatch open = new OpenBatch(outbox.shapes().of(row), 0);
    open.add(row, null);
    assertThat(outbox.append(open.seal())).isTrue();
  }
}
