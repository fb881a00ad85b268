package io.mooring.demo;

import io.mooring.device.Device;
import io.mooring.device.DeviceBuilder;
import io.mooring.device.TokenStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program; see {@link Options#USAGE}. Exit codes: 0 ended as told, 2 started wrongly. */
public final class DemoDevice {
  private static final Logger log = LoggerFactory.getLogger(DemoDevice.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LAST_FLUSH = Duration.ofSeconds(1);

  private DemoDevice() {}

  public static void main(String[] args) {
    try {
      Options options = Options.parse(List.of(args), System.getenv());
      run(options);
    } catch (Options.UsageException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
    }
  }

  private static void run(Options options) {
    Machine machine = new Machine(Path.of("/"), System::nanoTime);
    Reporter reporter = new Reporter(machine, INTERVAL);
    Commands commands = new Commands(machine, reporter::setInterval, InstantSource.system());
    Path tokenFile = options.tokenFile();
    DeviceBuilder builder =
        tokenFile == null
            ? Device.builder(options.hub(), options.token())
            : Device.builder(options.hub().toString(), TokenStore.file(tokenFile));
    commands.all().forEach(builder::onRepeatable);
    Device device = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(device), "demo-shutdown"));
    if (options.exitWithStdin()) {
      watch(System.in);
    }
    try {
      reporter.run(device::send);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      log.debug("The device was closed while a reading was on its way", e);
    }
  }

  private static void watch(InputStream in) {
    Thread watcher =
        new Thread(
            () -> {
              try {
                in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                log.debug("Standard input broke", e);
              }
              System.exit(0);
            },
            "demo-stdin");
    watcher.setDaemon(true);
    watcher.start();
  }

  private static void end(Device device) {
    try {
      if (device.state().isConnected() && !device.flush(LAST_FLUSH)) {
        log.info("the newest readings may not have been stored");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    device.close();
  }
}
