package io.mooring.hub.web;

import io.mooring.hub.device.Device;
import io.mooring.hub.device.EnrolmentKey;
import io.mooring.hub.device.EnrolmentKeyStore;
import io.mooring.hub.device.EnrolmentStore;
import io.mooring.hub.device.EnrolmentStore.Result;
import io.mooring.hub.secret.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Enrolment keys, and the one request that new devices make with them. */
final class EnrolmentApi {
  private static final Logger LOG = LoggerFactory.getLogger(EnrolmentApi.class);
  private static final String SCHEME = "bearer ";
  private static final int MOST_USES = 1_000_000;

  record NewKey(
      @Nullable String name,
      @Nullable Map<String, @Nullable String> tags,
      @Nullable String idPrefix,
      @Nullable Integer maxUses,
      @Nullable String expiresAt) {}

  record KeyView(
      String id,
      String name,
      Map<String, String> tags,
      String idPrefix,
      int maxUses,
      int uses,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable Instant lastUsedAt,
      @Nullable String lastUsedAddress,
      @Nullable String key) {}

  record NewDevice(@Nullable String id, @Nullable String name) {}

  record Enrolled(String device, String token) {}

  private EnrolmentApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery();
    List<KeyView> keys =
        exchange.parts().enrolmentKeys().list().stream().map(key -> view(key, null)).toList();
    return Reply.ok(new DeviceApi.Page<>(keys, null));
  }

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    Faults faults = new Faults();
    NewKey body = exchange.body(NewKey.class, faults);
    EnrolmentKeyStore.Draft draft =
        new EnrolmentKeyStore.Draft(
            faults.read(() -> KeyApi.name(body.name()), ""),
            faults.read(
                () -> DeviceApi.tags(body.tags() == null ? Map.of() : body.tags()), Map.of()),
            faults.read(() -> prefix(body.idPrefix()), ""),
            faults.read(() -> uses(body.maxUses()), 1),
            faults.readOptional(() -> KeyApi.end(body.expiresAt(), exchange.now())));
    faults.end();
    EnrolmentKeyStore.Issued issued =
        exchange
            .parts()
            .enrolmentKeys()
            .create(draft, exchange.once(body), exchange.actor(), exchange.now());
    exchange.parts().guard().known(issued.key().id());
    return Reply.created(view(issued.key(), issued.secret().reveal()));
  }

  private static String prefix(@Nullable String prefix) {
    if (prefix != null && !prefix.isEmpty() && !Device.ID.matcher(prefix).matches()) {
      throw Refusal.of("/idPrefix", "Must be something that a device's id can begin with.");
    }
    return prefix == null ? "" : prefix;
  }

  private static int uses(@Nullable Integer uses) {
    if (uses == null || uses < 1 || uses > MOST_USES) {
      throw Refusal.of(
          "/maxUses", "Needed: how many devices, a whole number from 1 to " + MOST_USES + ".");
    }
    return uses;
  }

  static Reply revoke(Exchange exchange) {
    exchange.onlyQuery();
    String id = exchange.variable("key");
    Text.requireClean("", id);
    if (!exchange.parts().enrolmentKeys().revoke(id, exchange.actor(), exchange.now())) {
      throw Refusal.notFound("There is no enrolment key of this id.");
    }
    return Reply.nothing();
  }

  /** A new device: the key is its only credential. */
  static Reply enrol(Exchange exchange) {
    exchange.onlyQuery();
    String header = exchange.header("Authorization");
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw Refusal.unauthorized("Send an enrolment key as `Authorization: Bearer mre_…`.");
    }
    NewDevice body = exchange.body(NewDevice.class);
    String id = DeviceApi.newId(body.id());
    String name = body.name() == null ? id : Text.bounded("/name", body.name(), 1, 128);
    String bearer = header.substring(SCHEME.length()).strip();
    exchange.parts().guard().admit(Secret.Kind.ENROLMENT_KEY, bearer, exchange.address());
    Result result =
        exchange.parts().enrolments().enrol(bearer, id, name, exchange.address(), exchange.now());
    return switch (result) {
      case Result.Enrolled(String device, var token) -> {
        exchange.parts().metrics().credentials.enrolments.labelValues("enrolled").inc();
        LOG.info("{} enrolled from {}", device, exchange.address());
        yield Reply.created("/api/v1/devices/" + device, new Enrolled(device, token.reveal()));
      }
      case Result.Refused refused -> throw refused(exchange, id, refused);
    };
  }

  private static Refusal refused(Exchange exchange, String device, Result.Refused refused) {
    Refusal refusal = refusal(device, refused);
    CredentialGuard guard = exchange.parts().guard();
    if (refused.reason() == EnrolmentStore.Reason.UNKNOWN) {
      guard.guessed(exchange.address());
    }
    String reason = refused.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    exchange.parts().metrics().credentials.enrolments.labelValues(reason).inc();
    guard.refused(
        exchange.address(),
        refusal.problem().status(),
        reason,
        ", enrolment of " + device + (refused.keyId() == null ? "" : " by key " + refused.keyId()));
    return refusal;
  }

  private static Refusal refusal(String device, Result.Refused refused) {
    return switch (refused.reason()) {
      case MALFORMED, UNKNOWN ->
          Refusal.unauthorized("This is no enrolment key, or it was cut off or mistyped.");
      case REVOKED -> Refusal.unauthorized("The enrolment key has been revoked.");
      case EXPIRED -> Refusal.unauthorized("The enrolment key has expired.");
      case USED_UP ->
          new Refusal(
              Problem.of(
                  HttpStatus.FORBIDDEN_403,
                  "enrolment-key-used-up",
                  "The enrolment key is used up",
                  "As many devices as it is for have been enrolled with it. Ask for another."));
      case WRONG_ID ->
          Refusal.of("/id", "This key is for ids that begin with " + refused.idPrefix() + ".");
      case EXISTS ->
          new Refusal(
              Problem.of(
                  HttpStatus.CONFLICT_409,
                  "device-exists",
                  "The id is taken",
                  "A device %s exists already. Use the token it has, or have an operator issue one."
                      .formatted(device)));
    };
  }

  private static KeyView view(EnrolmentKey key, @Nullable String secret) {
    return new KeyView(
        key.id(),
        key.name(),
        key.tags(),
        key.idPrefix(),
        key.maxUses(),
        key.uses(),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt(),
        key.lastUsedAt(),
        key.lastUsedAddress(),
        secret);
  }
}
