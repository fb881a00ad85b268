package io.mooring.hub.db;

import io.mooring.hub.db.DatabaseException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes writes durable together: one queue, one writer thread, one transaction for all that waits,
 * then the callbacks. While one transaction runs the next batch gathers, so the busier the hub the
 * more writes share a commit, and an idle hub commits at once; there is no linger, but for writes
 * that may wait for others (see {@link Write#mayWait}).
 *
 * <p>Within a transaction the kinds are carried out in the order in which they were given to the
 * constructor; within a kind, in the order of submission. Callbacks run one at a time in the order
 * of commits, on the notifier thread, so the next transaction does not wait for them; or on the
 * writer thread, when there is no next one and they are few.
 *
 * <p>When a transaction fails the same writes are tried again, carefully: for ever while the
 * database is away (nobody is told anything meanwhile, and the full queue is felt by the senders);
 * otherwise once together and then one by one, so that a write the database refuses harms no other.
 *
 * <p>The queue is bounded by what {@link #isFull} tells: submitters look at it and stop reading
 * their sockets.
 */
public final class BatchWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LAST_RETRY = Duration.ofSeconds(2);

  /** So many writes are told of without another thread. */
  private static final int FEW = 4;

  /** Bytes of them: one may be a bulk request, which tells a thousand commands. */
  private static final long LIGHT = 64 * 1024;

  /**
   * A host that vanishes while it is being sent to would hold the writer until TCP gives up, about
   * a quarter of an hour. Waiting for an answer has a bound of its own (see {@link Database}), so
   * this one needs to be no tighter than what a full queue of 32 MiB takes on a slow line.
   */
  private static final Duration LONGEST_ATTEMPT = Duration.ofMinutes(5);

  /** Opens the writer's own connection. */
  @FunctionalInterface
  public interface Connector {
    Connection open() throws SQLException;
  }

  private final Transactions transactions;
  private final List<Write.Kind<?>> kinds;
  private final int maxWrites;
  private final WriterObserver observer;
  private final Notifier notifier = new Notifier();
  private final Thread thread;

  private final WriteQueue queue = new WriteQueue();
  private final Room room;

  public BatchWriter(
      Connector connector,
      List<Write.Kind<?>> kinds,
      int maxWrites,
      long maxBytes,
      WriterObserver observer) {
    this(connector, kinds, maxWrites, maxBytes, observer, false);
  }

  /**
   * The same.
   *
   * @param shared whether other hubs write to the database, too
   */
  public BatchWriter(
      Connector connector,
      List<Write.Kind<?>> kinds,
      int maxWrites,
      long maxBytes,
      WriterObserver observer,
      boolean shared) {
    this.transactions = new Transactions(connector, System::nanoTime, shared);
    this.kinds = List.copyOf(kinds);
    this.maxWrites = maxWrites;
    this.room = new Room(maxBytes);
    this.observer = observer;
    this.thread = Thread.ofPlatform().name("batch-writer").unstarted(this::run);
  }

  public void start() {
    notifier.start();
    thread.start();
  }

  /**
   * Hands a write over. Always taken (refused after {@link #close}): whoever submits for a device
   * asks {@link #isFull} and stops reading that device.
   */
  public void submit(Write write) {
    if (!isOurs(write)) {
      throw new IllegalArgumentException("no kind of this writer carries out " + write);
    }
    room.take(write);
    if (!queue.add(write)) {
      room.giveBack(List.of(write));
      write.refused(DatabaseException.unavailable("the hub is going down"));
    }
  }

  /** Without a stream or an iterator: this runs once a message. */
  private boolean isOurs(Write write) {
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i).type().isInstance(write)) {
        return true;
      }
    }
    return false;
  }

  /** Whether more waits than may wait. */
  public boolean isFull() {
    return room.isFull();
  }

  /** Bytes waiting, being written, or written and not yet told of it; about. */
  public long queuedBytes() {
    return room.taken();
  }

  public Backlog backlog() {
    return room.backlog();
  }

  /** Runs the task once there is room: at once when there is. */
  public void whenRoom(Runnable task) {
    room.whenRoom(task);
  }

  /**
   * Completes, on the notifier thread, once everything submitted before is committed or refused and
   * told of it.
   */
  public CompletableFuture<Void> flushed() {
    return queue.flushed();
  }

  /** Looks whether the writer hangs; called every second or so. Safe for all threads. */
  public void watch() {
    transactions.cutOffAfter(LONGEST_ATTEMPT);
  }

  private void run() {
    List<Write> batch = new ArrayList<>();
    List<Runnable> emptied = new ArrayList<>();
    while (queue.take(maxWrites, batch, emptied)) {
      if (!batch.isEmpty()) {
        commit(batch, false);
      }
      if (!emptied.isEmpty()) {
        notifier.post(List.copyOf(emptied));
      }
      batch = new ArrayList<>();
      emptied.clear();
    }
    transactions.close();
    notifier.finish();
  }

  /**
   * These are committed or refused and have been told of it, and only now weigh nothing: callbacks
   * that fall behind are felt like a database that does. Runs on the notifier thread.
   */
  private void release(List<Write> batch) {
    room.giveBack(batch);
  }

  /** Of few writes with none behind them on this thread, which has nothing better to do. */
  private void tell(List<Group<?>> groups, List<Write> batch) {
    List<Runnable> callbacks = new ArrayList<>(groups.size() + 1);
    groups.forEach(group -> callbacks.add(group::committed));
    callbacks.add(() -> release(batch));
    if (batch.size() <= FEW && weight(batch) <= LIGHT && queue.isEmpty()) {
      notifier.runOrPost(callbacks);
    } else {
      notifier.post(callbacks);
    }
  }

  private static long weight(List<Write> batch) {
    long bytes = 0;
    for (Write write : batch) {
      bytes += write.bytes();
    }
    return bytes;
  }

  private void commit(List<Write> batch, boolean repeated) {
    List<Group<?>> groups = Group.split(kinds, batch);
    boolean careful = repeated;
    Duration pause = FIRST_RETRY;
    while (true) {
      long start = System.nanoTime();
      DatabaseException failure = transactions.attempt(groups, careful);
      if (failure == null) {
        observer.committed(batch.size(), System.nanoTime() - start);
        tell(groups, batch);
        return;
      }
      observer.retried(failure);
      if (failure.kind() == Kind.UNAVAILABLE) {
        LOG.debug("{} writes wait: {}", batch.size(), failure.getMessage());
        if (!queue.pause(pause)) {
          transactions.forget();
          notifier.post(refusals(batch, failure));
          return;
        }
        pause = pause.compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
      } else if (careful) {
        separate(batch, failure);
        return;
      }
      careful = true;
    }
  }

  /**
   * The database refuses something in the batch: each write on its own, and the one that it refuses
   * is told.
   */
  private void separate(List<Write> batch, DatabaseException failure) {
    if (batch.size() > 1) {
      batch.forEach(write -> commit(List.of(write), true));
    } else {
      LOG.error("The database refused a write", failure);
      batch.getFirst().refusing();
      notifier.post(refusals(batch, failure));
    }
  }

  private List<Runnable> refusals(List<Write> batch, DatabaseException failure) {
    return List.of(
        () -> batch.forEach(write -> Notifier.call(() -> write.refused(failure))),
        () -> release(batch));
  }

  /** Takes nothing more and writes nothing more: what waits is refused. */
  public void abandon() {
    room.close();
    queue.close();
    transactions.giveUp();
    close();
  }

  /** Takes nothing more, writes what waits, runs its callbacks, and returns. */
  @Override
  public void close() {
    room.close();
    queue.close();
    try {
      thread.join();
      notifier.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
