package io.mooring.hub.webhook;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Looks names up and hands on only addresses that may be called, at the moment of each connection.
 * A name is looked up once at a time, so that one whose servers do not answer holds one thread, and
 * nobody else up.
 */
final class CheckedResolver implements SocketAddressResolver, AutoCloseable {
  /** Where a name leads is not to be called. */
  static final class Refused extends RuntimeException {
    Refused(String message) {
      super(message, null, false, false);
    }
  }

  /** How names are looked up. */
  @FunctionalInterface
  interface Names {
    InetAddress[] look(String host) throws UnknownHostException;
  }

  /** Names that are looked up at a time. */
  private static final int THREADS = 32;

  private final Destinations destinations;
  private final Names names;
  private final Map<String, CompletableFuture<InetAddress[]>> asked = new ConcurrentHashMap<>();

  /** A look-up of a name holds its thread, and a virtual one would hold its carrier too. */
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("webhook-dns-", 0).daemon().factory());

  CheckedResolver(Destinations destinations) {
    this(destinations, InetAddress::getAllByName);
  }

  CheckedResolver(Destinations destinations, Names names) {
    this.destinations = destinations;
    this.names = names;
  }

  @Override
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> promise) {
    boolean secure =
        context.get(Destination.CONTEXT_KEY) instanceof Destination to && to.isSecure();
    var _ =
        look(host)
            .thenApply(all -> callable(all, port, secure))
            .whenComplete(
                (addresses, failure) -> {
                  if (failure == null) {
                    promise.succeeded(addresses);
                  } else {
                    promise.failed(
                        failure instanceof CompletionException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : failure);
                  }
                });
  }

  private CompletableFuture<InetAddress[]> look(String host) {
    CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
    CompletableFuture<InetAddress[]> there = asked.putIfAbsent(host, mine);
    if (there != null) {
      return there;
    }
    try {
      threads.execute(
          () -> {
            try {
              InetAddress[] all = names.look(host);
              asked.remove(host);
              mine.complete(all);
            } catch (UnknownHostException | RuntimeException e) {
              asked.remove(host);
              mine.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException _) {
      asked.remove(host);
      mine.completeExceptionally(new Refused("Too many names are being looked up."));
    }
    return mine;
  }

  private List<InetSocketAddress> callable(InetAddress[] all, int port, boolean secure) {
    List<InetSocketAddress> callable = new ArrayList<>();
    for (InetAddress address : all) {
      if (destinations.mayCall(address, secure)) {
        callable.add(new InetSocketAddress(address, port));
      }
    }
    if (callable.isEmpty()) {
      throw new Refused(Destinations.refusal(all[0], secure));
    }
    return callable;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
