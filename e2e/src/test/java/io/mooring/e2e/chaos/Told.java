package io.mooring.e2e.chaos;

import io.mooring.e2e.harness.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller was told about one command. Written by the caller's thread, read once that has
 * ended.
 */
final class Told {
  final int caller;
  final String device;
  final String key;

  /** All that it heard, in this order. */
  final List<Outcome> heard = new ArrayList<>();

  boolean cancelAsked;
  private final String name;
  private @Nullable String id;

  /**
   * @param name of the command
   */
  Told(int caller, String device, String key, String name) {
    this.caller = caller;
    this.device = device;
    this.key = key;
    this.name = name;
  }

  /** The id under which the hub has accepted it; null: it has not, as far as the caller knows. */
  @Nullable String id() {
    return id;
  }

  /**
   * The hub has accepted it, or says so again.
   *
   * @return whether it says the same as before
   */
  boolean accepted(Api.Answer answer) {
    String said = answer.text("id");
    boolean same = id == null || Objects.equals(id, said);
    id = said;
    heard.add(Outcome.of(answer));
    return same;
  }

  String path() {
    return "/api/v1/devices/" + device + "/commands/" + id;
  }

  @Override
  public String toString() {
    return "command %s (key %s, %s on %s)".formatted(id, key, name, device);
  }
}
