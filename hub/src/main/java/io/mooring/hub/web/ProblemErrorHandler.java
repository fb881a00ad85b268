package io.mooring.hub.web;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Writes Jetty's own errors (nothing found, bad request line, headers too large) as problem
 * documents too, without Jetty's page, message or stack trace. Set it on the server.
 */
public final class ProblemErrorHandler extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status =
        response.getStatus() >= HttpStatus.BAD_REQUEST_400
            ? response.getStatus()
            : HttpStatus.INTERNAL_SERVER_ERROR_500;
    response.setStatus(status);
    SecurityHeaders.put(request, response);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(Json.bytes(Problem.ofStatus(status))), callback);
    return true;
  }
}
