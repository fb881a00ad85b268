package io.mooring.hub.web;

import io.mooring.hub.ops.Metrics;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.NullMarked;

/** {@code GET /metrics} in Prometheus' text format. */
@NullMarked
public final class MetricsHandler extends Handler.Abstract {
  private final Metrics metrics;

  public MetricsHandler(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!Request.getPathInContext(request).equals("/metrics")) {
      return false;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(16 * 1024);
    metrics.write(body);
    SecurityHeaders.put(request, response);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Metrics.CONTENT_TYPE);
    response.write(true, ByteBuffer.wrap(body.toByteArray()), callback);
    return true;
  }
}
