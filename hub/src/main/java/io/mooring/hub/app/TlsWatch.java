package io.mooring.hub.app;

import io.mooring.hub.config.Listen;
import io.mooring.hub.gateway.HubCertificate;
import io.mooring.hub.tls.TlsException;
import io.mooring.hub.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over changed files for TLS while the hub runs. Files are looked at again and again, since
 * those who renew certificates replace files, and a container gets its secrets by links. Called by
 * one thread at a time; what it found may be read by all.
 */
final class TlsWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TlsWatch.class);

  private final Listen.Tls files;
  private final InstantSource clock;
  private final List<HubCertificate> certificates = new ArrayList<>();

  /** As they were when they were last read, whatever came of it. */
  private List<String> read;

  /** As they were at the last look. */
  private List<String> seen;

  private volatile TlsFiles inUse;
  private volatile boolean broken;

  private TlsWatch(Listen.Tls files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
    read = stamps();
    seen = read;
    inUse = TlsFiles.read(files);
    String invalid = inUse.invalid(clock.instant());
    if (invalid == null) {
      LOG.info("Certificate {} is valid until {}", inUse.subject(), inUse.expiresAt());
    } else {
      LOG.warn("Clients will not accept the hub: {}", invalid);
    }
  }

  /**
   * Reads the files for the first time.
   *
   * @throws TlsException when they cannot be used
   */
  static TlsWatch start(Listen.Tls files, InstantSource clock) {
    return new TlsWatch(files, clock);
  }

  /** For one port; to be called before the first look. */
  HubCertificate certificate(boolean forDevices) {
    HubCertificate made = new HubCertificate(inUse, forDevices);
    certificates.add(made);
    return made;
  }

  Instant expiresAt() {
    return inUse.expiresAt();
  }

  /** Whether what lies there now cannot be used. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Reads the files if they have changed, and have not since the last look: who replaces a
   * certificate and its key takes a moment.
   */
  void look() {
    List<String> now = stamps();
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || now.equals(read)) {
      return;
    }
    read = now;
    try {
      TlsFiles next = TlsFiles.read(files);
      String invalid = next.invalid(clock.instant());
      if (invalid != null) {
        throw new IllegalArgumentException(invalid);
      }
      certificates.forEach(certificate -> certificate.replace(next));
      inUse = next;
      broken = false;
      LOG.info("Certificate {} took over; it is valid until {}", next.subject(), next.expiresAt());
    } catch (TlsException | IllegalArgumentException e) {
      broken = true;
      LOG.warn(
          "The new files for TLS cannot be used, the old certificate stays until {}: {}",
          inUse.expiresAt(),
          e.getMessage());
    }
  }

  private List<String> stamps() {
    Path authorities = files.clientAuthority();
    return List.of(
        stamp(files.certificate()),
        stamp(files.key()),
        authorities == null ? "" : stamp(authorities));
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
