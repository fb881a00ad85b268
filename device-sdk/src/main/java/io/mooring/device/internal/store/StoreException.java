package io.mooring.device.internal.store;

import java.io.IOException;
import java.nio.file.Path;

/** The folder cannot be used as it is; the message says how to mend it. */
public final class StoreException extends IOException {
  StoreException(Path folder, String what) {
    super("the store in " + folder + " cannot be used: " + what);
  }
}
