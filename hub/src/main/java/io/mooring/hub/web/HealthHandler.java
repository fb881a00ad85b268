package io.mooring.hub.web;

import io.mooring.hub.ops.Health;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.NullMarked;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /health/live} (200 as long as the hub answers) and {@code GET /health/ready} (200 or
 * 503, with each check and its reason).
 */
@NullMarked
public final class HealthHandler extends Handler.Abstract {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Health health;

  public HealthHandler(Health health) {
    this.health = health;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (Request.getPathInContext(request)) {
      case "/health/live" ->
          answer(request, response, callback, HttpStatus.OK_200, Map.of("live", true));
      case "/health/ready" -> {
        Health.Report report = health.report();
        int status = report.ready() ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503;
        answer(request, response, callback, status, report);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void answer(
      Request request, Response response, Callback callback, int status, Object body) {
    SecurityHeaders.put(request, response);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(JSON.writeValueAsBytes(body)), callback);
  }
}
