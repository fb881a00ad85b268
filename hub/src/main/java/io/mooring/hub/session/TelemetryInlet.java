package io.mooring.hub.session;

import io.mooring.hub.config.Limits;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.ops.TelemetryMetrics.Refusal;
import io.mooring.hub.telemetry.Layout;
import io.mooring.hub.telemetry.TelemetryIntake;
import io.mooring.hub.telemetry.TelemetrySink;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.FrameEncoder;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's telemetry: its layouts, and for each stream how far it is placed, stored and
 * acknowledged.
 */
final class TelemetryInlet implements TelemetrySink {
  private final Sessions sessions;
  private final DeviceSession session;
  private final Sender sender;
  private final Limits limits;
  private final long[] streamIds;
  private final Map<Integer, Layout> layouts = new HashMap<>(4);

  /** Highest number handed to the writer. Touched only by the thread that brings frames. */
  private final long[] placed;

  // Guarded by this: the notifier thread raises them, the frame thread looks.
  private final long[] stored;
  private final long[] acknowledged;
  private int unacknowledged;

  private volatile boolean stopped;

  TelemetryInlet(
      Sessions sessions,
      DeviceSession session,
      Sender sender,
      List<Inbound.Stream> streams,
      List<Long> storedSeqs) {
    this.sessions = sessions;
    this.session = session;
    this.sender = sender;
    this.limits = sessions.config().limits();
    this.streamIds = streams.stream().mapToLong(Inbound.Stream::id).toArray();
    this.stored = storedSeqs.stream().mapToLong(Long::longValue).toArray();
    this.placed = stored.clone();
    this.acknowledged = stored.clone();
  }

  @Override
  public int deviceKey() {
    return session.deviceKey();
  }

  @Override
  public String deviceId() {
    return session.deviceId();
  }

  /** As {@link DeviceSession#on}: whether to read on. */
  boolean declare(Inbound.Layout declared) {
    Layout known = layouts.get(declared.id());
    if (known != null) {
      return known.metrics().equals(declared.metrics())
          || session.fail(CloseReason.MALFORMED, "layout " + declared.id() + " declared otherwise");
    }
    if (layouts.size() >= limits.layouts()) {
      String most = "a session declares at most " + limits.layouts() + " layouts";
      return session.fail(CloseReason.LIMIT_EXCEEDED, most);
    }
    Layout layout = sessions.telemetry().declare(deviceKey(), declared.metrics());
    if (layout != null) {
      layouts.put(declared.id(), layout);
      return true;
    }
    // New to the hub: stored on a thread that may block, and no frame is read meanwhile.
    session.line().held();
    sessions.blocking().execute(() -> declareNew(declared));
    return false;
  }

  private void declareNew(Inbound.Layout declared) {
    try {
      Layout layout = sessions.telemetry().declareNew(deviceKey(), declared.metrics());
      if (layout == null) {
        String most = "a device has at most " + limits.deviceLayouts() + " layouts in all";
        session.fail(CloseReason.LIMIT_EXCEEDED, most);
        return;
      }
      layouts.put(declared.id(), layout);
      session.resume();
    } catch (RuntimeException e) {
      session.close(
          CloseReason.UNAVAILABLE, Duration.ofSeconds(5), "the layout could not be stored");
    }
  }

  boolean take(Inbound.Batch batch, @Nullable Long clockOffsetUs) {
    int stream = batch.stream();
    if (stream < 0 || stream >= streamIds.length) {
      return refuse(
          Refusal.MALFORMED, CloseReason.MALFORMED, "stream " + stream + " is not in Hello");
    }
    Layout layout = layouts.get(batch.layout());
    if (layout == null) {
      String what = "layout " + batch.layout() + " used before it was declared";
      return refuse(Refusal.OUT_OF_ORDER, CloseReason.OUT_OF_ORDER, what);
    }
    String excess = sessions.telemetry().excessOf(batch, layout);
    if (excess != null) {
      return refuse(Refusal.LIMIT_EXCEEDED, CloseReason.LIMIT_EXCEEDED, excess);
    }
    String fault = TelemetryIntake.faultOf(batch, layout);
    if (fault != null) {
      return refuse(Refusal.MALFORMED, CloseReason.MALFORMED, fault);
    }
    if (batch.seq() <= placed[stream]) {
      return again(batch);
    }
    synchronized (this) {
      if (++unacknowledged > limits.unacknowledgedBatches()) {
        String most = "at most " + limits.unacknowledgedBatches() + " unacknowledged batches";
        return refuse(Refusal.LIMIT_EXCEEDED, CloseReason.LIMIT_EXCEEDED, most);
      }
    }
    placed[stream] = batch.seq();
    long receivedNanos = session.line().heardAt();
    return session.submit(
        () ->
            sessions
                .telemetry()
                .place(
                    this, stream, streamIds[stream], layout, batch, clockOffsetUs, receivedNanos));
  }

  private boolean refuse(Refusal why, CloseReason reason, String detail) {
    sessions.metrics().telemetry.refused(why);
    return session.fail(reason, detail);
  }

  /**
   * A batch that came before: what is stored is acknowledged again, what is not yet must not come
   * twice.
   */
  private boolean again(Inbound.Batch batch) {
    long upTo;
    synchronized (this) {
      upTo = stored[batch.stream()];
    }
    if (batch.seq() > upTo) {
      String what = "batch " + batch.seq() + " came after " + placed[batch.stream()];
      return refuse(Refusal.OUT_OF_ORDER, CloseReason.OUT_OF_ORDER, what);
    }
    sessions.metrics().telemetry.repeated();
    sender.send(FrameEncoder.telemetryAck(batch.stream(), upTo));
    return true;
  }

  @Override
  public synchronized void stored(int streamIndex, long seq) {
    stored[streamIndex] = Math.max(stored[streamIndex], seq);
    unacknowledged--;
  }

  @Override
  public void flushAcks() {
    long[] upTo;
    synchronized (this) {
      if (Arrays.equals(stored, acknowledged)) {
        return;
      }
      upTo = stored.clone();
      for (int i = 0; i < upTo.length; i++) {
        upTo[i] = upTo[i] == acknowledged[i] ? 0 : upTo[i];
      }
      System.arraycopy(stored, 0, acknowledged, 0, stored.length);
    }
    for (int i = 0; i < upTo.length; i++) {
      if (upTo[i] > 0) {
        sender.send(FrameEncoder.telemetryAck(i, upTo[i]));
      }
    }
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public boolean isStopped() {
    return stopped;
  }

  @Override
  public void refused(DatabaseException why) {
    boolean away = why.kind() == DatabaseException.Kind.UNAVAILABLE;
    sessions.metrics().telemetry.refused(away ? Refusal.STOPPING : Refusal.DATABASE);
    session.close(
        CloseReason.INTERNAL_ERROR, Duration.ofSeconds(30), "a batch could not be stored");
  }
}
