package io.mooring.hub.cli;

/** A command cannot do what it was asked; the message is shown as it is. */
final class CliException extends RuntimeException {
  private final int code;

  private CliException(int code, String message) {
    super(message);
    this.code = code;
  }

  CliException(String message) {
    this(Cli.REFUSED, message);
  }

  /** An option's value is wrong: nothing was tried. */
  static CliException usage(String message) {
    return new CliException(Cli.USAGE, message);
  }

  /** The process's exit code. */
  int code() {
    return code;
  }
}
