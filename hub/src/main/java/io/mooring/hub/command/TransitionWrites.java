package io.mooring.hub.command;

import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes with every transition of a command, in its transaction and after its commit: the event,
 * and, where the command belongs to a job, the job's counts.
 */
final class TransitionWrites {
  /**
   * A command has changed its state.
   *
   * @param job null: it belongs to none
   * @param message what its job remembers of its end; null: nothing
   */
  record Transition(EventStore.New event, @Nullable UUID job, @Nullable String message) {
    private JobDeviceWrites.Moved moved(UUID of) {
      JobCounts.State state = JobCounts.State.of(event.state());
      return new JobDeviceWrites.Moved(of, event.deviceKey(), state, event.at(), message);
    }
  }

  /** What became durable, to be told of after the commit. */
  static final class Happened {
    private final List<Event.Durable> events = new ArrayList<>();
    private final Map<UUID, JobCounts> jobs = new HashMap<>();

    void add(List<Event.Durable> more, Map<UUID, JobCounts> counts) {
      events.addAll(more);
      jobs.putAll(counts);
    }

    /** Of all transitions so far. */
    List<Event.Durable> events() {
      return events;
    }
  }

  private final EventStore events;
  private final LiveFeed feed;
  private volatile BiConsumer<UUID, JobCounts> jobs = (_, _) -> {};

  TransitionWrites(EventStore events, LiveFeed feed) {
    this.events = events;
    this.feed = feed;
  }

  /** The name of this node, which events hold. */
  String node() {
    return events.node();
  }

  /** From now on told of each job whose counts have changed, after the commit. */
  void onJobs(BiConsumer<UUID, JobCounts> told) {
    jobs = told;
  }

  /** Within the transaction that made them, those of a command in their order. */
  void append(Connection connection, List<Transition> transitions, Happened happened)
      throws SQLException {
    happened.add(
        events.append(connection, transitions.stream().map(Transition::event).toList()), Map.of());
    count(connection, transitions, happened);
  }

  /** The same for those whose events are appended already. */
  void count(Connection connection, List<Transition> transitions, Happened happened)
      throws SQLException {
    // A job counts where its devices are now.
    Map<UUID, JobDeviceWrites.Moved> moved = new LinkedHashMap<>();
    for (Transition transition : transitions) {
      UUID job = transition.job();
      UUID command = transition.event().command();
      if (job != null && command != null) {
        moved.put(command, transition.moved(job));
      }
    }
    if (!moved.isEmpty()) {
      happened.add(List.of(), JobDeviceWrites.move(connection, List.copyOf(moved.values())));
    }
  }

  /** After the commit. */
  void tell(Happened happened) {
    feed.publish(happened.events);
    AfterCommit.each(
        List.copyOf(happened.jobs.entrySet()), job -> jobs.accept(job.getKey(), job.getValue()));
  }
}
