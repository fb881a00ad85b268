package io.mooring.device.internal.loop;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Names its threads and makes them daemons, so that the SDK never keeps a program from ending. */
public final class DaemonThreads implements ThreadFactory {
  private final String name;
  private final AtomicInteger made = new AtomicInteger();

  /**
   * @param name of the first thread; those after it get a number behind it
   */
  public DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable task) {
    int number = made.incrementAndGet();
    Thread thread = new Thread(task, number == 1 ? name : name + "-" + number);
    thread.setDaemon(true);
    return thread;
  }
}
