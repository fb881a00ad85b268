package io.mooring.hub.session;

import io.mooring.hub.cluster.Hint;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.command.CommandRelay;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.presence.RollCallQueries;
import io.mooring.hub.presence.RollCallQueries.Answer;
import io.mooring.hub.presence.RollCallQueries.Own;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what other nodes have done to sessions of this one where their hints were lost: a part of
 * the sessions is looked up every second, so each is within {@link #ROUNDS} seconds.
 */
public final class RollCall {
  private static final Logger LOG = LoggerFactory.getLogger(RollCall.class);

  /** Seconds in which each session has had its turn. */
  private static final int ROUNDS = 5;

  /** Sessions looked up by one query: about 20 ms. */
  private static final int TOGETHER = 1_000;

  private final SessionRegistry registry;
  private final RollCallQueries queries;
  private final CommandRelay commands;
  private final Peers peers;
  private final InstantSource clock;
  private int round;

  public RollCall(
      SessionRegistry registry,
      RollCallQueries queries,
      CommandRelay commands,
      Peers peers,
      InstantSource clock) {
    this.registry = registry;
    this.queries = queries;
    this.commands = commands;
    this.peers = peers;
    this.clock = clock;
  }

  /** One part of the sessions; called every second by one thread at a time. Blocks. */
  public void sweep() {
    round = (round + 1) % ROUNDS;
    List<DeviceSession> some = new ArrayList<>(TOGETHER);
    for (DeviceSession session : registry.all()) {
      if (session.phase() == Phase.OPEN && session.deviceKey() % ROUNDS == round) {
        some.add(session);
        if (some.size() == TOGETHER) {
          call(some);
          some.clear();
        }
      }
    }
    call(some);
  }

  private void call(List<DeviceSession> sessions) {
    if (sessions.isEmpty()) {
      return;
    }
    List<Own> own =
        sessions.stream()
            .map(s -> new Own(s.deviceKey(), s.epoch(), s.identity().tokenId()))
            .toList();
    try {
      for (Answer answer : queries.ask(own, clock.instant())) {
        act(sessions.get(answer.index()), answer);
      }
    } catch (DatabaseException e) {
      LOG.debug("The roll is called again later", e);
    }
  }

  private void act(DeviceSession session, Answer answer) {
    switch (answer.finding()) {
      case REPLACED -> {
        session.close(
            CloseReason.REPLACED,
            Duration.ofSeconds(1),
            "a newer session of this device has opened on another node");
        String node = answer.node();
        if (node != null) {
          // What was accepted here was for this session.
          peers.tell(node, new Hint.Commands(session.deviceKey(), List.of()));
        }
      }
      case ENDED ->
          session.close(
              CloseReason.UNAVAILABLE, Duration.ofSeconds(1), "this node was taken for lost");
      case DISABLED -> session.close(CloseReason.DEVICE_DISABLED, Duration.ZERO, "");
      case REVOKED -> session.close(CloseReason.TOKEN_REVOKED, Duration.ZERO, "");
      case COMMANDS -> {
        var _ = commands.wake(session.deviceKey());
      }
    }
  }
}
