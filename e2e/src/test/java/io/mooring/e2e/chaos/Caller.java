package io.mooring.e2e.chaos;

import io.mooring.e2e.harness.Api;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends commands as an integrator should: each with a key of its own, again with the same key until
 * there is an answer. Runs on a thread of its own.
 */
final class Caller {
  private static final long AGAIN_MILLIS = 100;

  /** Longer than everything can be away; after it the caller gives up. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** For want of an answer, or told to come again: what is not known is asked for again. */
  private static final List<Integer> NOT_NOW = List.of(429, 503);

  private final int number;
  private final Api api;
  private final List<String> devices;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<Told> told = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Thread thread;

  /** Answers that did not come. */
  private int lost;

  /** Requests that were to come again. */
  private int putOff;

  Caller(int number, Api api, List<String> devices, Random random) {
    this.number = number;
    this.api = api;
    this.devices = devices;
    this.thread = Thread.ofVirtual().name("caller-" + number).unstarted(() -> run(random));
  }

  void start() {
    thread.start();
  }

  /** Lets it finish what it is at. */
  void stop() {
    stopping.countDown();
  }

  /** Whether it has, and what it was told can be read. */
  boolean hasEnded() {
    return thread.getState() == Thread.State.TERMINATED;
  }

  List<Told> told() {
    return told;
  }

  List<Finding> findings() {
    return findings;
  }

  int lost() {
    return lost;
  }

  int putOff() {
    return putOff;
  }

  private void run(Random random) {
    try {
      while (stopping.getCount() > 0) {
        Choice choice = Choice.next(random, devices.size());
        carryOut(choice);
        stopping.await(choice.pause(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException | RuntimeException e) {
      findings.add(new Finding(Rule.HEALTH, "caller " + number + " ended by " + e));
    }
  }

  /** Sends one command, and does with it what was chosen. */
  void carryOut(Choice choice) throws InterruptedException {
    Map<String, Object> body = new HashMap<>();
    body.put("name", choice.work().command());
    body.put("payload", choice.millis());
    if (choice.ttlSeconds() > 0) {
      body.put("ttl", "PT" + choice.ttlSeconds() + "S");
    }
    String device = devices.get(choice.device());
    String path = "/api/v1/devices/" + device + "/commands";
    Told command = next(device, choice);
    ask(command, path, body, choice.waitSeconds());
    if (command.id() == null) {
      return;
    }
    if (choice.twice()) {
      ask(command, path, body, 0);
    }
    if (choice.cancelAfter() >= 0) {
      TimeUnit.MILLISECONDS.sleep(choice.cancelAfter());
      cancel(command);
    }
    if (choice.looks()) {
      expect(command, answered(() -> api.get(command.path())), 200);
    }
    String state = command.heard.isEmpty() ? "" : command.heard.getLast().state();
    if (choice.retries() && state.equals("failed")) {
      ask(next(device, choice), command.path() + "/retry", Map.of(), 0);
    }
  }

  private Told next(String device, Choice choice) {
    String key = "c" + number + "-" + (told.size() + 1);
    Told command = new Told(number, device, key, choice.work().command());
    told.add(command);
    return command;
  }

  /** Sends the request until it is known to be accepted. */
  private void ask(Told command, String path, Map<String, ?> body, int waitSeconds)
      throws InterruptedException {
    Api.Answer answer =
        answered(
            () ->
                api.post(
                    path, body, "Idempotency-Key", command.key, "Prefer", "wait=" + waitSeconds));
    if (answer.status() != 200 && answer.status() != 202) {
      unexpected(command, answer);
    } else if (!command.accepted(answer)) {
      findings.add(
          new Finding(
              Rule.AGREEMENT, command + " was accepted under another id before, with one key"));
    }
  }

  private void cancel(Told command) throws InterruptedException {
    command.cancelAsked = true;
    Api.Answer answer = answered(() -> api.post(command.path() + "/cancel", Map.of()));
    if (answer.status() != 409) { // the device has it, or it has ended
      expect(command, answer, 200);
    }
  }

  private void expect(Told command, Api.Answer answer, int status) {
    if (answer.status() == status) {
      command.heard.add(Outcome.of(answer));
    } else {
      unexpected(command, answer);
    }
  }

  private void unexpected(Told command, Api.Answer answer) {
    Rule rule = answer.status() == 404 ? Rule.ENDS : Rule.HEALTH;
    findings.add(
        new Finding(rule, command + " was answered " + answer.status() + " " + answer.body()));
  }

  /** Asks until there is an answer that says something. */
  private Api.Answer answered(Supplier<Api.Answer> call) throws InterruptedException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        Api.Answer answer = call.get();
        if (!NOT_NOW.contains(answer.status())) {
          return answer;
        }
        putOff++;
      } catch (UncheckedIOException e) {
        lost++;
      }
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException("no answer for " + PATIENCE);
      }
      TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
    }
  }
}
