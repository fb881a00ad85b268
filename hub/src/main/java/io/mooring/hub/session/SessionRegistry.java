package io.mooring.hub.session;

import io.mooring.hub.admission.Crowd;
import io.mooring.hub.admission.Ranks;
import io.mooring.hub.admission.Source;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this node: those that are the newest of their device, and those still on their
 * way to be.
 */
public final class SessionRegistry {
  private final Map<Integer, DeviceSession> newest = new ConcurrentHashMap<>();
  private final Set<DeviceSession> all = ConcurrentHashMap.newKeySet();
  private final Returns returns;
  private final Crowd<String> byAddress = new Crowd<>();
  private final Crowd<Integer> byDevice = new Crowd<>();
  private final Ranks ranks = new Ranks();
  private volatile boolean draining;

  public SessionRegistry(Returns returns) {
    this.returns = returns;
  }

  void began(DeviceSession session) {
    // Counted first: once it is seen here it may be ended, which takes it off the counts again.
    byAddress.entered(Source.of(session.address()));
    byDevice.entered(session.deviceKey());
    session.ranks(ranks.take());
    all.add(session);
    if (draining) {
      session.close(CloseReason.DRAINING, Duration.ofSeconds(1), "this hub takes no devices now");
    }
  }

  /** From now on no session takes another frame, and none begins. */
  public void quiesce() {
    draining = true;
  }

  /** Sessions may begin again. */
  public void resume() {
    draining = false;
  }

  /** Whether the hub is going down, or an operator wants it without devices. */
  public boolean isDraining() {
    return draining;
  }

  /** The session has its epoch: the newest stays, the other is closed. */
  void opened(DeviceSession session) {
    List<DeviceSession> older = new ArrayList<>(1);
    newest.compute(
        session.deviceKey(),
        (key, there) -> {
          boolean stays = there != null && there.epoch() > session.epoch();
          if (there != null) {
            older.add(stays ? session : there);
          }
          return stays ? there : session;
        });
    for (DeviceSession replaced : older) {
      replaced.close(
          CloseReason.REPLACED,
          returns.replacedPause(session.deviceKey()),
          "a newer session of this device has opened");
    }
  }

  /**
   * The device has a newer session on another node: the one here, if it is older, is closed.
   *
   * @param who has come there, which may be another device with the same token
   */
  public void openedElsewhere(int deviceKey, long epoch, long who) {
    DeviceSession here = newest.get(deviceKey);
    if (here != null && here.epoch() < epoch) {
      var _ = returns.came(deviceKey, who, true);
      here.close(
          CloseReason.REPLACED,
          returns.replacedPause(deviceKey),
          "a newer session of this device has opened on another node");
    }
  }

  /** A device says Hello. How does it stand with its sessions? */
  Returns.Standing came(int deviceKey, long who) {
    return returns.came(deviceKey, who, newest.containsKey(deviceKey));
  }

  /** Forgets a session; a newer one of the same device is not touched. */
  void ended(DeviceSession session) {
    if (all.remove(session)) {
      byAddress.left(Source.of(session.address()));
      byDevice.left(session.deviceKey());
      ranks.leave(session.rank());
    }
    newest.remove(session.deviceKey(), session);
  }

  /** All sessions, also those not open yet. */
  Collection<DeviceSession> all() {
    return all;
  }

  /** The live session of a device on this node. */
  Optional<DeviceSession> of(int deviceKey) {
    return Optional.ofNullable(newest.get(deviceKey));
  }

  /** How the line of a device's live session stands; null: there is none. */
  public @Nullable Measured measured(int deviceKey) {
    DeviceSession session = newest.get(deviceKey);
    if (session == null) {
      return null;
    }
    Line line = session.line();
    return new Measured(line.silentNanos(), line.roundTripUs(), line.clockOffsetUs());
  }

  /**
   * What is known of a line.
   *
   * @param silentNanos since the device's last frame
   * @param roundTripUs by the newest heartbeat; null: none yet
   * @param clockOffsetUs the device's clock minus the hub's; null: not measured yet
   */
  public record Measured(
      long silentNanos, @Nullable Long roundTripUs, @Nullable Long clockOffsetUs) {}

  /** How many sockets there are, with those not open yet. */
  public int size() {
    return all.size();
  }

  /** How many of them are from this address. */
  public int from(String address) {
    return byAddress.of(Source.of(address));
  }

  /** How many of them are of this device. */
  public int socketsOf(int deviceKey) {
    return byDevice.of(deviceKey);
  }

  /** Ends the sessions of a device, or only those that one token opened. */
  public void end(int deviceKey, @Nullable String tokenId, CloseReason reason) {
    for (DeviceSession session : all) {
      boolean meant = tokenId == null || session.identity().tokenId().equals(tokenId);
      if (session.deviceKey() == deviceKey && meant) {
        session.close(reason, Duration.ZERO, "");
      }
    }
  }

  /**
   * Tells every device to go and come back at its own moment: evenly over {@code window}, in no
   * order.
   *
   * @param detail why, for people
   */
  public void drain(Duration window, RandomGenerator random, String detail) {
    quiesce();
    List<DeviceSession> leaving = new ArrayList<>(all);
    Collections.shuffle(leaving, random);
    for (int i = 0; i < leaving.size(); i++) {
      Duration slot = window.multipliedBy(i + 1L).dividedBy(leaving.size());
      leaving.get(i).close(CloseReason.DRAINING, slot, detail);
    }
  }
}
