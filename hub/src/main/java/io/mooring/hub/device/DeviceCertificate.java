package io.mooring.hub.device;

import java.time.Instant;

/**
 * A certificate by which a device may come in.
 *
 * @param fingerprint SHA-256 in lower-case hex, without colons
 */
public record DeviceCertificate(String fingerprint, String name, Instant createdAt) {}
