package io.mooring.hub.web;

import io.mooring.hub.device.Device;
import io.mooring.hub.device.DeviceEditStore;
import io.mooring.hub.device.DeviceEditStore.Outcome;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Changes and deletes devices. */
final class DeviceEditApi {
  record DeviceChange(
      @Nullable String name,
      @Nullable Map<String, @Nullable String> tags,
      @Nullable Boolean enabled) {}

  private DeviceEditApi() {}

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
    if (edit.name() != null || edit.tags() != null) {
      Precondition.require(exchange, "the device");
    }
    Device device =
        done(
            exchange
                .parts()
                .edits()
                .change(
                    id(exchange),
                    edit,
                    Precondition.asKnown(exchange),
                    exchange.actor(),
                    exchange.now()));
    return new Reply.Body(
        HttpStatus.OK_200,
        Precondition.tagOf(device.version()),
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
                .delete(
                    id(exchange),
                    Precondition.asKnown(exchange),
                    exchange.actor(),
                    exchange.now()));
    return Reply.nothing();
  }

  private static String id(Exchange exchange) {
    String id = exchange.variable("device");
    if (!Device.ID.matcher(id).matches()) {
      throw Refusal.noDevice();
    }
    return id;
  }

  private static Device done(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(Device device) -> device;
      case Outcome.Unknown() -> throw Refusal.noDevice();
      case Outcome.Stale() -> throw Precondition.failed("The device");
    };
  }
}
