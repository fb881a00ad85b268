package io.mooring.device;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a command ended. Immutable: each method that changes something returns a changed copy. */
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

  /** Longest media type of a payload. */
  private static final int MAX_CONTENT_TYPE_BYTES = 128;

  private static final String JSON = "application/json";

  private final Status status;
  private final String contentType;
  private final byte[] payload;
  private final String message;
  private final @Nullable Boolean retryable; // null: not said

  private CommandResult(
      Status status,
      String contentType,
      byte[] payload,
      String message,
      @Nullable Boolean retryable) {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "the result has "
              + payload.length
              + " bytes, more than "
              + MAX_PAYLOAD_BYTES
              + "; send what is long as readings, or shorten it");
    }
    this.status = status;
    this.contentType = checked(contentType);
    this.payload = payload;
    // A hub refuses U+0000, which its database cannot hold.
    this.message = Texts.cut(message.replace('\0', ' '), MAX_MESSAGE_BYTES);
    this.retryable = retryable;
  }

  /** A hub ends the session of a device that sends another, again and again. */
  private static String checked(String contentType) {
    if (contentType.getBytes(StandardCharsets.UTF_8).length > MAX_CONTENT_TYPE_BYTES
        || !Texts.printable(contentType).equals(contentType)) {
      throw new IllegalArgumentException(
          "a content type has at most "
              + MAX_CONTENT_TYPE_BYTES
              + " bytes and no control characters, such as application/json");
    }
    return contentType;
  }

  /** Carried out; there is nothing more to say. */
  public static CommandResult succeeded() {
    return new CommandResult(Status.SUCCEEDED, JSON, new byte[0], "", null);
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
    return new CommandResult(Status.SUCCEEDED, contentType, payload.clone(), "", null);
  }

  /**
   * Tried and not carried out. Whether another try may go well is told by {@link #retryable} or
   * {@link #permanent}; else the caller learns that the device does not say.
   *
   * @param message why, for people
   */
  public static CommandResult failed(String message) {
    return new CommandResult(Status.FAILED, JSON, new byte[0], message, null);
  }

  /**
   * Not tried: the payload is unusable, or the device does not do such a thing.
   *
   * @param message why, for people
   */
  public static CommandResult rejected(String message) {
    return new CommandResult(Status.REJECTED, JSON, new byte[0], message, null);
  }

  /**
   * What failed may go well another time: no power, a busy bus. It is news for the caller; neither
   * the hub nor the SDK tries the command again by itself.
   *
   * @throws IllegalStateException when the command did not fail
   */
  public CommandResult retryable() {
    return anotherTry(true);
  }

  /**
   * What failed would fail another time too: the part is missing, or broken.
   *
   * @throws IllegalStateException when the command did not fail
   */
  public CommandResult permanent() {
    return anotherTry(false);
  }

  private CommandResult anotherTry(boolean mayGoWell) {
    if (status != Status.FAILED) {
      throw new IllegalStateException("only what failed can be tried again, not " + status);
    }
    return new CommandResult(status, contentType, payload, message, mayGoWell);
  }

  /**
   * With something for the caller's program, such as an error code.
   *
   * @param json at most {@link #MAX_PAYLOAD_BYTES} in UTF-8
   */
  public CommandResult withPayload(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new CommandResult(status, JSON, bytes, message, retryable);
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

  /** Whether the device says that what failed may go well another time. */
  public boolean isRetryable() {
    return Boolean.TRUE.equals(retryable);
  }

  /** Whether the device says that what failed would fail another time too. */
  public boolean isPermanent() {
    return Boolean.FALSE.equals(retryable);
  }

  @Override
  public String toString() {
    String another = isRetryable() ? " retryable" : isPermanent() ? " permanent" : "";
    return "CommandResult["
        + status
        + another
        + ", "
        + payload.length
        + " bytes, '"
        + message
        + "']";
  }
}
