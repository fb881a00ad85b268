package io.mooring.bench.report;

import java.io.PrintWriter;

/**
 * Progress while a run takes its time: on a terminal one line that is written over, elsewhere a
 * line now and then.
 */
public final class Console {
  private static final int WIDTH = 100;

  /** Without a terminal every fifth line of progress is enough. */
  private static final int EVERY = 5;

  private final PrintWriter out;
  private final boolean terminal;
  private int ticks;
  private boolean onLine;

  /**
   * @param terminal whether a line can be written over
   */
  public Console(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A line that stays. */
  public void say(String text) {
    if (onLine) {
      out.print("\r" + " ".repeat(WIDTH) + "\r");
      onLine = false;
    }
    out.println(text);
    out.flush();
  }

  /** Where it is now; about one a second. */
  public void progress(String text) {
    if (terminal) {
      String cut = text.substring(0, Math.min(WIDTH, text.length()));
      out.print("\r" + cut + " ".repeat(WIDTH - cut.length()));
      out.flush();
      onLine = true;
    } else if (++ticks % EVERY == 0) {
      say("  … " + text);
    }
  }
}
