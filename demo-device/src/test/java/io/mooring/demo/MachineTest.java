package io.mooring.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a machine made of files. */
class MachineTest {
  @TempDir Path root;
  private final AtomicLong nanos = new AtomicLong();

  @BeforeEach
  void machine() throws IOException {
    file("proc/stat", "cpu  100 0 100 700 100 0 0 0 5 5\ncpu0 1 1 1 1\n");
    file("proc/meminfo", "MemTotal:        1000 kB\nMemFree: 100 kB\nMemAvailable:     400 kB\n");
    traffic(1_000, 50);
    file("proc/uptime", "1234.56 4000.00\n");
    file("proc/12/status", "Name:\tjava\nVmRSS:\t    2048 kB\n");
    file("proc/7/status", "");
  }

  @Test
  void readsWhatTheSystemSays() throws IOException {
    file("sys/class/thermal/thermal_zone0/temp", "45500\n");
    file("sys/class/thermal/thermal_zone1/temp", "-273000\n");
    file("sys/class/hwmon/hwmon0/temp1_input", "51000\n");
    Machine machine = new Machine(root, nanos::get);
    file("proc/stat", "cpu  130 10 110 730 120 0 0 0 9 9\n");
    traffic(3_000, 150);
    nanos.addAndGet(2_000_000_000);

    assertThat(machine.read().toString())
        .contains(" cpu.percent=50.0 ")
        .contains(" memory.used.bytes=614400 memory.total.bytes=1024000 ")
        .contains(" disk.free.bytes=")
        .contains(" network.received.bytes-per-second=1000.0 ")
        .contains(" network.sent.bytes-per-second=50.0 ")
        .contains(" temperature.celsius=51.0 ")
        .contains(" uptime.seconds=1234.56 ")
        .contains(" processes=2]");
  }

  @Test
  void leavesOutWhatItDoesNotKnow() throws IOException {
    Path nothing = Files.createDirectory(root.resolve("elsewhere"));
    Machine machine = new Machine(nothing, nanos::get);
    nanos.addAndGet(1_000_000_000);
    assertThat(machine.read().toString())
        .doesNotContain("network", "temperature")
        .contains(" memory.total.bytes=")
        .contains(" uptime.seconds=")
        .contains(" processes=");
  }

  @Test
  void countersThatFallAreNotNegativeTraffic() throws IOException {
    Machine machine = new Machine(root, nanos::get);
    traffic(10, 10);
    nanos.addAndGet(1_000_000_000);
    assertThat(machine.read().toString())
        .contains("network.received.bytes-per-second=0.0")
        .contains("network.sent.bytes-per-second=0.0");
  }

  @Test
  void knowsTheMemoryOfAProcess() {
    ProcFiles proc = new ProcFiles(root.resolve("proc"));
    assertThat(proc.residentBytes(12)).hasValue(2 * 1024 * 1024);
    assertThat(proc.residentBytes(7)).isEmpty();
    assertThat(proc.residentBytes(99)).isEmpty();
  }

  private void traffic(long received, long sent) throws IOException {
    file(
        "proc/net/dev",
        "Inter-|   Receive                            |  Transmit\n"
            + " face |bytes packets errs drop fifo frame compressed multicast|bytes packets\n"
            + "    lo: 9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0\n"
            + "  eth0:"
            + received
            + " 1 0 0 0 0 0 0 "
            + sent
            + " 1 0 0 0 0 0 0\n");
  }

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
