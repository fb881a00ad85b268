package io.mooring.hub.command;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** What must be equal in two requests with the same idempotency key. */
final class RequestDigest {
  private RequestDigest() {}

  static byte[] of(Command.Request request) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      add(sha, ByteBuffer.allocate(4).putInt(request.deviceKey()).array());
      add(sha, request.name().getBytes(StandardCharsets.UTF_8));
      add(sha, request.contentType().getBytes(StandardCharsets.UTF_8));
      add(sha, request.payload());
      add(sha, request.ttl().toString().getBytes(StandardCharsets.UTF_8));
      UUID retryOf = request.retryOf();
      if (retryOf != null) {
        add(sha, retryOf.toString().getBytes(StandardCharsets.US_ASCII));
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void add(MessageDigest sha, byte[] part) {
    sha.update(ByteBuffer.allocate(4).putInt(part.length).array());
    sha.update(part);
  }
}
