package io.mooring.device;

import io.mooring.device.internal.telemetry.Added;
import io.mooring.device.internal.telemetry.Outbox;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A device connected to a hub, for as long as the program runs: it connects by itself, comes back
 * by itself, and keeps what the hub has not stored yet.
 *
 * <p><b>Delivery.</b> A reading accepted by {@link #send} is kept until the hub confirms that it is
 * committed to its database: in memory, or in a {@link Store}. After a lost connection everything
 * unconfirmed is sent again, in order, and the hub stores it once. Readings are lost when the
 * outbox overflows ({@link WhenFull}), which is counted; without a store, when this process ends
 * before they are confirmed; with one, when power is cut before they are forced to the disk.
 *
 * <p><b>Commands.</b> Each is carried out once, in the life of this process or of the store,
 * however often the hub delivers it, and its result is sent until the hub has stored it.
 *
 * <p><b>Threads.</b> Every method may be called from any thread. All threads of the SDK are
 * daemons: a program whose main method returns ends.
 */
public final class Device implements AutoCloseable {
  private final Engine engine;

  Device(Engine engine) {
    this.engine = engine;
  }

  /**
   * Begins to describe a device.
   *
   * @param hub such as {@code wss://hub.example.com}; the path {@code /device} is added when there
   *     is none. With {@code wss} the hub's certificate and host name are verified
   * @param token the device's own; sent to the hub in the handshake and nowhere else, never logged
   * @throws IllegalArgumentException when {@code hub} is no such address, or {@code token} is no
   *     device token: null, of another shape, cut off or mistyped (it carries a checksum)
   */
  public static DeviceBuilder builder(@Nullable URI hub, @Nullable String token) {
    return new DeviceBuilder(hub, token);
  }

  /**
   * A device whose token the hub may replace inside the session.
   *
   * @param hub as for {@link #builder(String, String)}
   * @param tokens holds the token; it is loaded by {@link DeviceBuilder#start}
   */
  public static DeviceBuilder builder(@Nullable String hub, TokenStore tokens) {
    return new DeviceBuilder(HubAddress.of(hub), tokens);
  }

  /**
   * As {@link #builder(URI, String)}, with the address as it stands in a setting or a variable of
   * the environment.
   *
   * @throws IllegalArgumentException also when the address is null, as an unset variable is, or
   *     blank
   */
  public static DeviceBuilder builder(@Nullable String hub, @Nullable String token) {
    return new DeviceBuilder(HubAddress.of(hub), token);
  }

  /**
   * Begins to describe a device that proves itself by a certificate, which is bound to it at the
   * hub, and needs no token.
   *
   * @param hub {@code wss://…}
   * @param tls holds the device's key and certificate, and whom it trusts; the host name is
   *     verified
   * @throws IllegalArgumentException when {@code hub} is no such address
   */
  public static DeviceBuilder builderByCertificate(@Nullable String hub, SSLContext tls) {
    return new DeviceBuilder(HubAddress.of(hub), tls);
  }

  /**
   * Sends a reading, or keeps it until it can be sent. Returns at once, except by {@link
   * WhenFull#BLOCK}.
   *
   * @throws IllegalArgumentException for a reading without values, of more than 60 KiB, or of a
   *     65th set of metrics
   * @throws IllegalStateException when the device is closed
   */
  public void send(Reading reading) {
    add(reading, null);
  }

  /**
   * As {@link #send}, and says when the reading is safe.
   *
   * @return completes, on a thread of the SDK, once the reading is committed to the hub's database;
   *     fails with an {@link IllegalStateException} when it was dropped, or when the device is
   *     closed before
   */
  public CompletableFuture<Void> sendAndConfirm(Reading reading) {
    CompletableFuture<Void> confirmation = new CompletableFuture<>();
    add(reading, confirmation);
    return confirmation;
  }

  private void add(Reading reading, @Nullable CompletableFuture<Void> confirmation) {
    Added added = engine.telemetry().add(reading.row(), confirmation);
    switch (added) {
      case OPENED -> engine.pumpAfterLinger();
      case SEALED -> {
        engine.pump();
        engine.pumpAfterLinger();
      }
      case JOINED, DROPPED -> {}
    }
  }

  /**
   * Sends what waits for company at once, and waits until the hub has stored every reading sent
   * before this call.
   *
   * @return whether all are stored or dropped; false when the time ran out or the device was closed
   *     before
   * @throws IllegalStateException when the device is closed already
   */
  public boolean flush(Duration timeout) throws InterruptedException {
    TelemetryBuffer telemetry = engine.telemetry();
    Outbox.Mark mark = telemetry.sealAll();
    engine.pump();
    return telemetry.awaitStored(mark, timeout);
  }

  /**
   * Writes what waits for company down, and waits until every reading sent before this call is on
   * the disk, so that a power cut does not cost it. Without a store it only sends what waits.
   *
   * @throws UncheckedIOException when the disk fails
   * @throws IllegalStateException when the device is closed already
   */
  public void persist() {
    try {
      engine.persist();
    } catch (IOException e) {
      throw new UncheckedIOException("the store cannot be forced to the disk", e);
    }
  }

  /** How the device stands with the hub at this moment. */
  public DeviceState state() {
    return engine.state();
  }

  /** What was sent, stored and dropped so far. */
  public Stats stats() {
    return engine.stats();
  }

  /**
   * Says goodbye to the hub and ends, within about two seconds. Without a store, readings not yet
   * stored by the hub are given up: {@link #flush} first to keep them. A running command handler is
   * interrupted. Repeated calls do nothing.
   */
  @Override
  public void close() {
    engine.close();
  }
}
