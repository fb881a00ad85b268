package io.mooring.demo;

import io.mooring.device.Command;
import io.mooring.device.CommandHandler;
import io.mooring.device.CommandResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What the device does on demand. Nothing of it does harm when it is done twice. */
final class Commands {
  private static final double SHORTEST_INTERVAL = 0.1;
  private static final double LONGEST_INTERVAL = 3_600;
  private static final double LONGEST_SLEEP = 60;

  private final Machine machine;
  private final Consumer<Duration> interval;
  private final InstantSource clock;
  private final TopProcesses processes = new TopProcesses();

  Commands(Machine machine, Consumer<Duration> interval, InstantSource clock) {
    this.machine = machine;
    this.interval = interval;
    this.clock = clock;
  }

  /** Every command by its name. */
  Map<String, CommandHandler> all() {
    Map<String, CommandHandler> all = new LinkedHashMap<>();
    all.put("ping", this::ping);
    all.put("set-interval", checked(Set.of("seconds"), this::setInterval));
    all.put("top-processes", checked(Set.of("count"), this::topProcesses));
    all.put("system-info", checked(Set.of(), this::systemInfo));
    all.put("sleep", checked(Set.of("seconds"), this::sleep));
    all.put("fail", command -> CommandResult.failed("this command always fails"));
    return all;
  }

  /** A payload that cannot be used is rejected before anything is done. */
  private static CommandHandler checked(Set<String> fields, Action action) {
    return command -> {
      try {
        return action.run(Payload.parse(command.payload(), fields));
      } catch (Payload.Unusable e) {
        return CommandResult.rejected(e.reason());
      }
    };
  }

  private CommandResult ping(Command command) {
    String payload = command.payloadAsString();
    return CommandResult.succeeded(
        Answer.object(
            json -> {
              json.writeStringProperty("time", clock.instant().toString());
              json.writeName("payload");
              if (payload.isEmpty()) {
                json.writeNull();
              } else if (Answer.isJson(payload)) {
                json.writeRawValue(payload);
              } else {
                json.writeString(payload);
              }
            }));
  }

  private CommandResult setInterval(Payload payload) throws Payload.Unusable {
    double seconds = payload.number("seconds", SHORTEST_INTERVAL, LONGEST_INTERVAL);
    interval.accept(Duration.ofMillis(Math.round(seconds * 1_000)));
    return CommandResult.succeeded(
        Answer.object(json -> json.writeNumberProperty("seconds", seconds)));
  }

  private CommandResult topProcesses(Payload payload) throws Payload.Unusable {
    int count = payload.integer("count", 1, 50, 5);
    return CommandResult.succeeded(Answer.object(json -> processes.write(count, json)));
  }

  private CommandResult systemInfo(Payload payload) {
    return CommandResult.succeeded(
        Answer.object(
            json -> {
              json.writeStringProperty("os", System.getProperty("os.name", ""));
              json.writeStringProperty("version", System.getProperty("os.version", ""));
              json.writeStringProperty("architecture", System.getProperty("os.arch", ""));
              json.writeNumberProperty("processors", Runtime.getRuntime().availableProcessors());
              json.writeNumberProperty("memoryBytes", machine.memoryBytes());
              json.writeNumberProperty("uptimeSeconds", machine.uptimeSeconds());
              json.writeStringProperty("java", System.getProperty("java.version", ""));
            }));
  }

  private CommandResult sleep(Payload payload) throws Payload.Unusable, InterruptedException {
    double seconds = payload.number("seconds", 0, LONGEST_SLEEP);
    Thread.sleep(Math.round(seconds * 1_000));
    return CommandResult.succeeded(
        Answer.object(json -> json.writeNumberProperty("slept", seconds)));
  }

  @FunctionalInterface
  private interface Action {
    CommandResult run(Payload payload) throws Payload.Unusable, InterruptedException;
  }
}
