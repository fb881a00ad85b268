package io.mooring.device.internal.session;

import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.NextTokenStored;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the next token that the hub hands over: has it stored, then answers. No connection begins
 * meanwhile (P-74), or a token stored late could take the place of a later one. Lives on the loop.
 */
public final class TokenDesk {
  /** {@code mrd_}, then the token's id. */
  private static final int ID_FROM = 4;

  private static final int ID_TO = 16;

  private final EventLoop loop;
  private final Executor workers;
  private final Keeper keeper;
  private boolean storing;
  private int kept;
  private @Nullable Runnable afterwards;

  /**
   * @param workers where the keeper may block
   */
  public TokenDesk(EventLoop loop, Executor workers, Keeper keeper) {
    this.loop = loop;
    this.workers = workers;
    this.keeper = keeper;
  }

  boolean takesNextToken() {
    return keeper.keepsTokens();
  }

  /**
   * Stores a token; only when that is done the hub is told.
   *
   * @param session hears the answer
   */
  void take(String token, Consumer<DeviceFrame> session) {
    if (storing || !keeper.keepsTokens()) {
      return;
    }
    storing = true;
    workers.execute(
        new Runnable() {
          @Override
          public void run() {
            boolean stored = false;
            try {
              stored = keeper.keep(token);
            } finally {
              loop.execute(new Done(token, stored, session));
            }
          }
        });
  }

  /** How many tokens have been stored so far, to ask {@link #hasNewerThan} later. */
  int kept() {
    return kept;
  }

  /** Whether another token has been stored since, or is just being stored. */
  boolean hasNewerThan(int then) {
    return storing || kept != then;
  }

  /** Runs a task now, or when the token under way is stored. The last one given counts. */
  void whenIdle(Runnable task) {
    if (storing) {
      afterwards = task;
    } else {
      task.run();
    }
  }

  private final class Done implements Runnable {
    private final String token;
    private final boolean stored;
    private final Consumer<DeviceFrame> session;

    Done(String token, boolean stored, Consumer<DeviceFrame> session) {
      this.token = token;
      this.stored = stored;
      this.session = session;
    }

    @Override
    public void run() {
      storing = false;
      if (stored) {
        kept++;
        NextTokenStored.Builder answer =
            NextTokenStored.newBuilder().setTokenId(token.substring(ID_FROM, ID_TO));
        session.accept(DeviceFrame.newBuilder().setNextTokenStored(answer).build());
      }
      Runnable task = afterwards;
      afterwards = null;
      if (task != null) {
        task.run();
      }
    }
  }

  /** Where the token is. */
  public interface Keeper {
    /** Whether it can be replaced at all. */
    boolean keepsTokens();

    /**
     * Replaces it. May block.
     *
     * @return whether it is certain to be there after a power cut, and is used from now on
     */
    boolean keep(String token);
  }
}
