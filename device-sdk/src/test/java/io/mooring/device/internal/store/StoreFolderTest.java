package io.mooring.device.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFolderTest {
  /** These tests are about bytes, not about when they are on the disk. */
  private static final Disk NOTHING = file -> {};

  @TempDir Path parent;

  @Test
  void isForOneAtATimeAndSaysWhoHasIt() throws IOException {
    StoreFolder first = open();
    assertRefused().hasMessageContaining("in use").hasMessageContaining(folder().toString());
    first.close();
    open().close();
  }

  @Test
  void refusesAFolderOfSomebodyElse() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("letters.txt"), "dear");
    assertRefused().hasMessageContaining("letters.txt").hasMessageContaining("empty or new folder");
  }

  @Test
  void refusesANewerVersionAndAForeignOne() throws IOException {
    open().close();
    Files.writeString(folder().resolve("version"), "mooring device store 2\n");
    assertRefused().hasMessageContaining("newer version of the SDK");
    Files.writeString(folder().resolve("version"), "\u0000\u00ff");
    assertRefused().hasMessageContaining("not the SDK's");
  }

  @Test
  void saysWhichFileIsMissing() throws IOException {
    try (StoreFolder folder = open()) {
      folder.log("telemetry", 1_000, true, (n, at, record) -> {}).append(new byte[1]);
    }
    Files.delete(folder().resolve("state"));
    assertRefused().hasMessageContaining("'state' is missing");
    Files.delete(folder().resolve("version"));
    assertRefused().hasMessageContaining("'version' is missing");
  }

  @Test
  void aFolderThatWasNotFinishedIsBegunAgain() throws IOException {
    write(1);
    write(2);
    Files.delete(folder().resolve("version"));
    try (StoreFolder again = StoreFolder.open(folder(), NOTHING, 100)) {
      again.log("telemetry", 1_000, true, (n, at, record) -> {}).append(new byte[1]);
    }
    int[] found = new int[1];
    try (StoreFolder folder = open()) {
      folder.log("telemetry", 1_000, true, (n, at, record) -> found[0]++).close();
    }
    assertThat(found[0]).as("what the folder left behind said is of no more use").isEqualTo(1);
  }

  @Test
  void theStateSurvivesATornWriteOfAnyLength() throws IOException {
    write(1);
    byte[] before = Files.readAllBytes(folder().resolve("state"));
    write(2);
    byte[] after = Files.readAllBytes(folder().resolve("state"));
    int torn = 0;
    for (int cut = 0; cut < Math.max(before.length, after.length); cut++) {
      byte[] mixed = after.clone();
      for (int i = cut; i < mixed.length; i++) {
        mixed[i] = i < before.length ? before[i] : 0;
      }
      Files.write(folder().resolve("state"), mixed);
      try (StoreFolder folder = open()) {
        assertThat(folder.state().get(5)).isBetween(1L, 2L);
        torn += folder.state().get(5) == 1 ? 1 : 0;
      }
    }
    assertThat(torn).isPositive();
    Files.write(folder().resolve("state"), new byte[after.length]);
    assertRefused().hasMessageContaining("'state' is damaged");
  }

  @Test
  void theStateSurvivesAnythingThatHappensToWhatWasNotForced() throws IOException {
    write(1);
    byte[] whole;
    try (StoreFolder folder = open()) {
      folder.state().set(5, 2);
      folder.state().write(true);
      for (int value = 3; value < 9; value++) {
        folder.state().set(5, value);
        folder.state().note();
      }
      whole = Files.readAllBytes(folder().resolve("state"));
    }
    int newest = 0;
    for (int slot : new int[] {0, 4_096}) {
      byte[] broken = whole.clone();
      broken[slot] ^= 1;
      Files.write(folder().resolve("state"), broken);
      try (StoreFolder folder = open()) {
        newest += (int) folder.state().get(5);
      }
    }
    assertThat(newest).as("one place has what was forced, the other what came last").isEqualTo(10);
  }

  private void write(long value) throws IOException {
    try (StoreFolder folder = open()) {
      folder.state().set(5, value);
      folder.state().write(true);
    }
  }

  private Path folder() {
    return parent.resolve("store");
  }

  private StoreFolder open() throws IOException {
    return StoreFolder.open(folder(), NOTHING, 99);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
    return assertThatThrownBy(this::open).isInstanceOf(StoreException.class);
  }
}
