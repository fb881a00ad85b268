package io.mooring.device.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
  private static final int RUNS = 300;

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAndOnlyItsOwnerCanReadIt() throws IOException {
    TokenFile token = new TokenFile(folder.resolve("token"), Disk.REAL);
    assertThat(token.exists()).isFalse();
    assertThatThrownBy(token::read).isInstanceOf(NoSuchFileException.class);

    token.write("first");
    token.write("second");

    assertThat(token.read()).isEqualTo("second");
    assertThat(Files.getPosixFilePermissions(folder.resolve("token")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void anAttemptThatWasCutOffIsNotInTheWay() throws IOException {
    TokenFile token = new TokenFile(folder.resolve("token"), Disk.REAL);
    Files.writeString(folder.resolve("token"), "first\n");
    Files.writeString(folder.resolve("token.next"), "hal");

    token.write("second");

    assertThat(token.read()).isEqualTo("second");
  }

  /** At each step, with whatever of the unforced writes the disk happens to have kept. */
  @Test
  void aPowerCutLeavesOneOfTheTwoWhole() throws IOException {
    Set<String> left = new HashSet<>();
    for (int run = 0; run < RUNS; run++) {
      Path before = Files.createDirectory(folder.resolve("before-" + run));
      Path after = folder.resolve("after-" + run);
      Files.writeString(before.resolve("token"), "the-first-token\n");
      PowerCutDisk disk = PowerCutDisk.over(before, new Random(run));
      disk.failAfter(run % 8);
      boolean returned = false;
      try {
        new TokenFile(before.resolve("token"), disk).write("the-second-token");
        returned = disk.hasPower();
      } catch (IOException e) {
        // the power was gone
      }
      disk.cut(after);
      String found = new TokenFile(after.resolve("token"), Disk.REAL).read();
      assertThat(found).as("run %d", run).isIn("the-first-token", "the-second-token");
      if (returned) {
        assertThat(found).as("run %d", run).isEqualTo("the-second-token");
      }
      left.add(found);
    }
    assertThat(left).hasSize(2);
  }
}
