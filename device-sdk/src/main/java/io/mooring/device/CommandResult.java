package io.mooring.device;

import java.nio.charset.StandardCharsets;

/** How a command ended. Immutable. */
public final class CommandResult {
  /** Largest payload of a result in bytes: what hubs accept by default. */
  public static final int MAX_PAYLOAD_BYTES = 32 * 1024;

  /** Longest message in bytes of UTF-8; what is longer is cut. */
  public static final int MAX_MESSAGE_BYTES = 1024;

  /** How a command ended. */
  public enum Status {
    /** Carried out. */
    SUCCEEDED,
    /** Tried and not carried out. */
    FAILED,
    /** Not tried. */
    REJECTED
  }

  private static final String JSON = "application/json";

  private final Status status;
  private final String contentType;
  private final byte[] payload;
  private final String message;

  private CommandResult(Status status, String contentType, byte[] payload, String message) {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "the result has "
              + payload.length
              + " bytes, more than "
              + MAX_PAYLOAD_BYTES
              + "; send what is long as readings, or shorten it");
    }
    this.status = status;
    this.contentType = contentType;
    this.payload = payload;
    this.message = cut(message);
  }

  /** Carried out; there is nothing more to say. */
  public static CommandResult succeeded() {
    return new CommandResult(Status.SUCCEEDED, JSON, new byte[0], "");
  }

  /**
   * Carried out.
   *
   * @param json what the caller is to get, as JSON; at most {@link #MAX_PAYLOAD_BYTES} in UTF-8
   */
  public static CommandResult succeeded(String json) {
    return succeeded(json.getBytes(StandardCharsets.UTF_8), JSON);
  }

  /**
   * Carried out.
   *
   * @param payload what the caller is to get; at most {@link #MAX_PAYLOAD_BYTES}
   * @param contentType its media type
   */
  public static CommandResult succeeded(byte[] payload, String contentType) {
    return new CommandResult(Status.SUCCEEDED, contentType, payload.clone(), "");
  }

  /**
   * Tried and not carried out.
   *
   * @param message why, for people
   */
  public static CommandResult failed(String message) {
    return new CommandResult(Status.FAILED, JSON, new byte[0], message);
  }

  /**
   * Not tried: the payload is unusable, or the device does not do such a thing.
   *
   * @param message why, for people
   */
  public static CommandResult rejected(String message) {
    return new CommandResult(Status.REJECTED, JSON, new byte[0], message);
  }

  public Status status() {
    return status;
  }

  /** Media type of the payload. */
  public String contentType() {
    return contentType;
  }

  /** A copy; empty when there is none. */
  public byte[] payload() {
    return payload.clone();
  }

  /** Why it failed or was rejected; empty when it succeeded. */
  public String message() {
    return message;
  }

  /** Cuts between characters, never within one. */
  private static String cut(String message) {
    int bytes = 0;
    for (int i = 0; i < message.length(); ) {
      int codePoint = message.codePointAt(i);
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > MAX_MESSAGE_BYTES) {
        return message.substring(0, i);
      }
      i += Character.charCount(codePoint);
    }
    return message;
  }

  @Override
  public String toString() {
    return "CommandResult[" + status + ", " + payload.length + " bytes, '" + message + "']";
  }
}
