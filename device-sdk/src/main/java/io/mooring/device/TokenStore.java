package io.mooring.device;

import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.TokenFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a device keeps its token, so that the hub can give it another one inside the session. The
 * SDK loads it when the device starts, and saves the next one when the hub hands it over; it is
 * used from the next connection on, and only then the hub revokes the older one.
 */
public interface TokenStore {
  /**
   * The token to connect with.
   *
   * @throws IOException when there is none, or it cannot be read; what the message says is shown
   */
  String load() throws IOException;

  /**
   * Puts this token in place of the one that is there. When it returns, {@link #load} gives this
   * token even after a power cut; when the power is cut before, it gives either of the two, whole.
   * May block; called on a thread of the SDK. The token is a secret.
   *
   * @throws IOException when it is not stored, or that is not certain: the device goes on with the
   *     token it has, and both stay valid
   */
  void save(String token) throws IOException;

  /**
   * A file that holds the token alone, such as {@code bin/hub token create} writes. Another token
   * is written beside it, forced to the disk and renamed; only the owner can read it.
   */
  static TokenStore file(Path file) {
    TokenFile token = new TokenFile(file, Disk.REAL);
    return new TokenStore() {
      @Override
      public String load() throws IOException {
        return token.read();
      }

      @Override
      public void save(String next) throws IOException {
        token.write(next);
      }

      @Override
      public String toString() {
        return "TokenStore[" + file + "]";
      }
    };
  }
}
