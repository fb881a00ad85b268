package io.mooring.hub.web;

import io.mooring.hub.device.Device;
import io.mooring.hub.device.DeviceEditStore;
import io.mooring.hub.device.DeviceEditStore.Outcome;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Changes and deletes devices. */
final class DeviceEditApi {
  record DeviceChange(
      @Nullable String name,
      @Nullable Map<String, @Nullable String> tags,
      @Nullable Boolean enabled) {}

  private DeviceEditApi() {}

  /** The headers of an answer that shows a device. */
  static Map<String, String> tagOf(Device device) {
    return Map.of("ETag", entityTag(device.version()));
  }

  private static String entityTag(String version) {
    return '"' + version + '"';
  }

  static Reply change(Exchange exchange) {
    exchange.onlyQuery();
    DeviceChange body = exchange.body(DeviceChange.class);
    if (body.name() == null && body.tags() == null && body.enabled() == null) {
      throw Refusal.of("", "Needed: name, tags or enabled.");
    }
    DeviceEditStore.Edit edit =
        new DeviceEditStore.Edit(
            body.name() == null ? null : Text.bounded("/name", body.name(), 1, 128),
            body.tags() == null ? null : DeviceApi.tags(body.tags()),
            body.enabled());
    // Turning a device off must not fail for a name that somebody else has edited meanwhile.
    if (exchange.header("If-Match") == null && (edit.name() != null || edit.tags() != null)) {
      throw new Refusal(
          Problem.of(
              HttpStatus.PRECONDITION_REQUIRED_428,
              "precondition-required",
              "Say which state you change",
              "Send `If-Match` with the ETag of the device as you have read it, or *."));
    }
    Device device =
        done(
            exchange
                .parts()
                .edits()
                .change(id(exchange), edit, asKnown(exchange), exchange.actor(), exchange.now()));
    return new Reply.Body(
        HttpStatus.OK_200,
        tagOf(device),
        DeviceApi.view(
            exchange,
            exchange.parts().devices().find(device.key()).orElseThrow(Refusal::noDevice)));
  }

  static Reply delete(Exchange exchange) {
    exchange.onlyQuery();
    var _ =
        done(
            exchange
                .parts()
                .edits()
                .delete(id(exchange), asKnown(exchange), exchange.actor(), exchange.now()));
    return Reply.nothing();
  }

  private static String id(Exchange exchange) {
    String id = exchange.variable("device");
    if (!Device.ID.matcher(id).matches()) {
      throw Refusal.noDevice();
    }
    return id;
  }

  /** By If-Match; where there is none, any. */
  private static Predicate<String> asKnown(Exchange exchange) {
    String header = exchange.header("If-Match");
    if (header == null || header.strip().equals("*")) {
      return _ -> true;
    }
    return version ->
        Arrays.stream(header.split(",", 32))
            .anyMatch(tag -> tag.strip().equals(entityTag(version)));
  }

  private static Device done(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(Device device) -> device;
      case Outcome.Unknown() -> throw Refusal.noDevice();
      case Outcome.Stale() ->
          throw new Refusal(
              Problem.of(
                  HttpStatus.PRECONDITION_FAILED_412,
                  "changed-meanwhile",
                  "The device has been changed meanwhile",
                  "It is not as your If-Match says. Read it again, and repeat the change."));
    };
  }
}
