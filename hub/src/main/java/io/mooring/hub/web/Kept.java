package io.mooring.hub.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Bytes that never change, compressed once: to do so for each request would let anybody keep the
 * hub's processors busy.
 */
final class Kept {
  private final byte[] bytes;

  /** The bytes themselves where it would gain little. */
  private final byte[] gzip;

  Kept(byte[] bytes) {
    this.bytes = bytes;
    byte[] made = gzip(bytes);
    this.gzip = made.length < bytes.length * 0.9 ? made : bytes;
  }

  /** As whoever asks can take them. */
  void write(Request request, Response response, Callback callback) {
    HttpFields.Mutable headers = response.getHeaders();
    byte[] sent = bytes;
    if (gzip.length < bytes.length) {
      headers.put(HttpHeader.VARY, HttpHeader.ACCEPT_ENCODING.asString());
      if (request.getHeaders().getQualityCSV(HttpHeader.ACCEPT_ENCODING).contains("gzip")) {
        headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
        sent = gzip;
      }
    }
    headers.put(HttpHeader.CONTENT_LENGTH, sent.length);
    response.write(true, ByteBuffer.wrap(sent), callback);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream made = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream out = new GZIPOutputStream(made)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return made.toByteArray();
  }
}
