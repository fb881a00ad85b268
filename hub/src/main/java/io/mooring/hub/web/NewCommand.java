package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.command.Command;
import io.mooring.hub.config.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A command as callers write it: with a payload of JSON, of bytes, or none. */
record NewCommand(
    @Nullable String name,
    @Nullable JsonNode payload,
    @Nullable String payloadBase64,
    @Nullable String contentType,
    @Nullable String ttl) {
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");
  private static final String JSON = "application/json";
  private static final String BYTES = "application/octet-stream";
  private static final int TYPE_LENGTH = 128;

  /** A media type with or without parameters (RFC 9110), in printable ASCII. */
  private static final Pattern TYPE =
      Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+(?:\\s*;[\\x20-\\x7e]*)?");

  /** What is left out stays out: a device takes JSON's null for a payload that is no object. */
  private static final byte[] NONE = {};

  /** The idempotency key as a caller gives it; refused where it cannot be one. */
  static @Nullable String key(String pointer, @Nullable String key) {
    return key == null ? null : Text.bounded(pointer, key, 1, 128);
  }

  /** A command for whichever device. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Content(String name, String type, byte[] payload, Duration ttl) {}

  Command.Request request(
      int deviceKey, Limits limits, Instant now, Actor by, @Nullable String key) {
    Content of = content("", limits);
    return new Command.Request(
        deviceKey, of.name, of.type, of.payload, now.plus(of.ttl), of.ttl, by, key, null);
  }

  /**
   * What is to be sent; refused where it cannot be.
   *
   * @param at pointer to the command in the body
   */
  Content content(String at, Limits limits) {
    Faults faults = new Faults();
    String checked = faults.read(() -> checkedName(at), "");
    String type = faults.read(() -> type(at), JSON);
    byte[] bytes = faults.read(() -> payloadBytes(at, limits.commandPayloadBytes()), NONE);
    Duration life = faults.read(() -> ttl(at + "/ttl", ttl, Duration.ofDays(1)), Duration.ZERO);
    faults.end();
    return new Content(checked, type, bytes, life);
  }

  private String checkedName(String at) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw Refusal.of(
          at + "/name",
          "Needed: 1 to 64 characters of A-Z a-z 0-9 . _ : / - and the first a letter or digit.");
    }
    return name;
  }

  /** How long a command may live. */
  static Duration ttl(String pointer, @Nullable String text, Duration standard) {
    return text == null
        ? standard
        : Text.duration(pointer, text, Duration.ofSeconds(1), Limits.LONGEST_TTL);
  }

  private String type(String at) {
    if (payloadBase64 == null) {
      if (contentType != null && !contentType.equals(JSON)) {
        throw Refusal.of(
            at + "/contentType", "`payload` is JSON. Send other content as `payloadBase64`.");
      }
      return JSON;
    }
    if (contentType == null) {
      return BYTES;
    }
    if (contentType.length() > TYPE_LENGTH || !TYPE.matcher(contentType).matches()) {
      throw Refusal.of(
          at + "/contentType",
          "Must be a media type of at most 128 characters, such as application/cbor.");
    }
    if (contentType.startsWith(JSON)) {
      throw Refusal.of(at + "/contentType", "Send JSON as `payload`.");
    }
    return contentType;
  }

  private byte[] payloadBytes(String at, int most) {
    if (payloadBase64 == null) {
      byte[] bytes = payload == null ? NONE : Json.canonical(payload);
      if (bytes.length > most) {
        throw Refusal.of(
            at + "/payload", "Has %d bytes as JSON; at most %d.".formatted(bytes.length, most));
      }
      return bytes;
    }
    if (payload != null) {
      throw Refusal.of(at + "/payloadBase64", "Send either `payload` or `payloadBase64`.");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(payloadBase64);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(at + "/payloadBase64", "Is not base64 (RFC 4648, section 4, with padding).");
    }
    if (bytes.length > most) {
      throw Refusal.of(
          at + "/payloadBase64", "Has %d bytes; at most %d.".formatted(bytes.length, most));
    }
    return bytes;
  }
}
