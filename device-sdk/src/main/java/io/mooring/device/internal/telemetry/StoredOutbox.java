package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.store.SegmentLog;
import io.mooring.device.internal.store.StoreFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches on disk, in one stream or two. What is new goes to a stream of its own as soon as a
 * session begins with a backlog, and the two change places when the backlog is through. Where the
 * newest go first, that stream goes first; otherwise it gets a share, so that nobody waits for the
 * end of a backlog to see what is measured now. A backlog so small that it is sent at once keeps
 * the one stream, and with it the order, unless the newest go first.
 */
public final class StoredOutbox implements Outbox {
  private static final Logger log = LoggerFactory.getLogger(StoredOutbox.class);
  private static final String[] NAMES = {"telemetry", "telemetry2"};
  private static final int LEAST_SEGMENT = 64 * 1024;
  private static final int LARGEST_SEGMENT = 4 * 1024 * 1024;
  private static final int SEGMENTS = 16;

  /** A backlog of this size holds nothing up. */
  private static final int SMALL_BACKLOG = 256 * 1024;

  /** Where the oldest go first: batches of a backlog between two that are new. */
  private static final int BETWEEN = 3;

  /** What closing every open batch may take besides the readings. */
  private static final int RESERVE_BYTES = 16 * 1024;

  /** An earlier process, whose end was lost, has not come so far as the next one begins. */
  private static final long LEAP = 1L << 24;

  private final StoreFolder folder;
  private final Settings settings;
  private final LongSupplier random;
  private final Shapes shapes;
  private final List<StoredStream> streams = new ArrayList<>();
  private int live;
  private int sinceNew; // batches of the backlog sent

  /**
   * Takes up what the folder holds.
   *
   * @param random for ids of streams and for leaps of numbers
   */
  public StoredOutbox(StoreFolder folder, Settings settings, LongSupplier random)
      throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.random = random;
    this.shapes = LayoutBook.open(folder);
    streams.add(openStream(0));
    if (new StreamNotes(folder.state(), 1, false).id() != 0) {
      streams.add(openStream(1));
    }
    live = StreamNotes.live(folder.state()) == 1 && streams.size() == 2 ? 1 : 0;
  }

  private StoredStream openStream(int index) throws IOException {
    StreamNotes notes = new StreamNotes(folder.state(), index, settings.forceEach());
    StreamRecovery found = new StreamRecovery(notes.storedSeq(), notes.removed(), shapes);
    int segment =
        Math.max(LEAST_SEGMENT, Math.min(LARGEST_SEGMENT, settings.maxBytes() / SEGMENTS));
    SegmentLog segments = folder.log(NAMES[index], segment, settings.forceEach(), found);
    long next = 1;
    if (notes.id() == 0) {
      notes.begin(newId(), next);
    } else {
      long used = Math.max(found.lastSeq(), notes.storedSeq());
      next = Math.max(notes.nextSeq(), used + 1) + LEAP + (random.getAsLong() & LEAP - 1);
      notes.begin(notes.id(), next);
    }
    return new StoredStream(index, segments, notes, shapes, found, next);
  }

  private long newId() {
    long id = random.getAsLong();
    return id == 0 ? 1 : id;
  }

  /** Those written down so far; new ones are added. */
  public Shapes shapes() {
    return shapes;
  }

  @Override
  public List<StreamState> beginSession() {
    StoredSegments held = streams.get(live).segments();
    if (settings.newestFirst() ? held.heldReadings() > 0 : held.heldBytes() > SMALL_BACKLOG) {
      setBacklogAside();
    }
    sinceNew = 0;
    List<StreamState> states = new ArrayList<>();
    for (StoredStream stream : streams) {
      states.add(stream.beginSession());
    }
    return states;
  }

  private void setBacklogAside() {
    int other = 1 - live;
    try {
      if (streams.size() == 1) {
        streams.add(openStream(other));
      }
      if (streams.get(other).segments().heldReadings() == 0) {
        StreamNotes.live(folder.state(), other);
        live = other;
      }
    } catch (IOException e) {
      log.warn("New readings go behind the backlog: a stream of their own cannot be begun", e);
    }
  }

  @Override
  public boolean append(Batch batch) {
    try {
      streams.get(live).append(batch);
      return true;
    } catch (IOException e) {
      log.warn("Dropped {} readings: the store cannot be written", batch.readings(), e);
      countDropped(batch.readings());
      return false;
    }
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  @Override
  public @Nullable Outgoing peek() {
    for (StoredStream stream : inOrder(settings.newestFirst() || sinceNew >= BETWEEN)) {
      Outgoing next = stream.peek();
      if (next != null) {
        return next;
      }
    }
    return null;
  }

  /** The stream that is not appended to has the older batches. */
  private List<StoredStream> inOrder(boolean newestFirst) {
    if (streams.size() == 1) {
      return streams;
    }
    StoredStream newer = streams.get(live);
    StoredStream older = streams.get(1 - live);
    return newestFirst ? List.of(newer, older) : List.of(older, newer);
  }

  @Override
  public void markSent(Outgoing batch) {
    streams.get(batch.stream()).markSent(batch);
    sinceNew = batch.stream() == live ? 0 : sinceNew + 1;
  }

  @Override
  public void discard(Outgoing batch) {
    streams.get(batch.stream()).discard(batch);
  }

  @Override
  public @Nullable List<CompletableFuture<Void>> dropOldestUnsent() {
    for (StoredStream stream : inOrder(false)) {
      List<CompletableFuture<Void>> dropped = stream.dropOldest();
      if (dropped != null) {
        return dropped;
      }
    }
    return null;
  }

  @Override
  public void countDropped(int readings) {
    streams.get(live).countDropped(readings);
  }

  @Override
  public List<Batch> stored(int stream, long seq) {
    return streams.get(stream).stored(seq);
  }

  @Override
  public boolean renew(int stream, long storedSeq) {
    return streams.get(stream).renew(storedSeq, newId());
  }

  @Override
  public List<CompletableFuture<Void>> close() {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    for (StoredStream stream : streams) {
      waiting.addAll(stream.close());
    }
    return waiting;
  }

  @Override
  public int inFlight() {
    int sum = 0;
    for (StoredStream stream : streams) {
      sum += stream.queue().inFlight();
    }
    return sum;
  }

  @Override
  public long inFlightBytes() {
    long sum = 0;
    for (StoredStream stream : streams) {
      sum += stream.queue().inFlightBytes();
    }
    return sum;
  }

  @Override
  public long heldBytes() {
    long sum = 0;
    for (StoredStream stream : streams) {
      sum += stream.segments().heldBytes();
    }
    return sum;
  }

  @Override
  public long usedBytes() {
    long sum = RESERVE_BYTES;
    for (StoredStream stream : streams) {
      sum += stream.usedBytes();
    }
    return sum;
  }

  @Override
  public long heldReadings() {
    long sum = 0;
    for (StoredStream stream : streams) {
      sum += stream.segments().heldReadings();
    }
    return sum;
  }

  @Override
  public long droppedReadings() {
    long sum = 0;
    for (StoredStream stream : streams) {
      sum += stream.dropped();
    }
    return sum;
  }

  @Override
  public Mark mark() {
    List<Long> nextSeqs = new ArrayList<>();
    for (StoredStream stream : streams) {
      nextSeqs.add(stream.nextSeq());
    }
    return new Mark(nextSeqs);
  }

  @Override
  public boolean isClearUpTo(Mark mark) {
    for (int i = 0; i < mark.nextSeqs().size(); i++) {
      if (streams.get(i).firstSeq() < mark.nextSeqs().get(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param maxBytes of all segments together
   * @param forceEach whether each batch is forced to the disk
   * @param newestFirst whether new batches go before a backlog, instead of now and then
   */
  public record Settings(int maxBytes, boolean forceEach, boolean newestFirst) {}
}
