package io.mooring.hub.tls;

/** A file for TLS cannot be used; the message names it and says what is wrong with it. */
public final class TlsException extends RuntimeException {
  TlsException(String message, Throwable cause) {
    super(message, cause);
  }

  TlsException(String message) {
    super(message);
  }
}
