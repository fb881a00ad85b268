package io.mooring.hub.web;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.compression.gzip.GzipCompression;
import org.eclipse.jetty.compression.server.CompressionConfig;
import org.eclipse.jetty.compression.server.CompressionHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;

/**
 * The API and the admin page: the one handler of this package to put on the server, together with
 * {@link ProblemErrorHandler}. Leaves {@code /device}, {@code /metrics} and {@code /health} to
 * others. On an ordered shutdown it ends its event streams, which else would never end.
 */
public final class WebHandler extends Handler.Wrapper implements Graceful {
  /** Paths that other handlers own, and all below them. */
  public static final List<String> OF_OTHERS = List.of("/device", "/metrics", "/health");

  /** The one operation for those who are no operators and have no key: devices without a token. */
  public static final String ENROL = "/api/v1/enrol";

  private final LongRequests requests;
  private final EventStreams streams;
  private final ApiHandler api;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean shutdown;

  public WebHandler(WebParts parts) {
    this(parts, EventStreams.CARE, LongRequests.PERIOD);
  }

  /**
   * Makes a handler for tests.
   *
   * @param care how often open event streams are looked after
   * @param asked how often it is asked whether the callers of long requests may still make them
   */
  WebHandler(WebParts parts, Duration care, Duration asked) {
    Authenticator authenticator = new Authenticator(parts);
    this.requests = new LongRequests(parts, asked);
    this.streams = new EventStreams(parts, requests, care);
    List<Route> routes =
        Routes.of(
            new CommandApi(executor),
            new FleetCommandApi(),
            new JobApi(executor),
            new ExportApi(parts.limits().exports()),
            new EventApi(streams),
            new OpenApiDocument());
    api = new ApiHandler(parts, authenticator, routes, executor, requests, () -> shutdown);
    setHandler(compressed(new Handler.Sequence(api, new StaticFiles())));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    for (String other : OF_OTHERS) {
      if (path.equals(other) || path.startsWith(other + "/")) {
        return false;
      }
    }
    SecurityHeaders.put(request, response);
    return super.handle(request, response, callback);
  }

  /** How many event streams are open. */
  public int eventStreams() {
    return streams.count();
  }

  @Override
  public CompletableFuture<Void> shutdown() {
    shutdown = true;
    streams.endAll();
    return api.answered();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    streams.close();
    requests.close();
    executor.shutdown();
  }

  /**
   * Text is compressed; the event stream is not, as every event must leave at once. Answers to POST
   * are not either: they may hold a secret next to what the caller chose, and their length would
   * tell of it.
   */
  private static CompressionHandler compressed(Handler handler) {
    CompressionHandler compression = new CompressionHandler(handler);
    compression.putCompression(new GzipCompression());
    CompressionConfig.Builder config = CompressionConfig.builder().compressIncludeMethod("GET");
    List.of(
            "application/json",
            Problem.MEDIA_TYPE,
            "application/yaml",
            "text/html",
            "text/css",
            "text/csv",
            "application/x-ndjson",
            "text/javascript",
            "image/svg+xml")
        .forEach(config::compressIncludeMimeType);
    compression.putConfiguration("/*", config.build());
    return compression;
  }
}
