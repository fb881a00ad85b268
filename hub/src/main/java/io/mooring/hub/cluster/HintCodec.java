package io.mooring.hub.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hints as bytes: the kind, the node that sends, then the fields as {@link DataOutputStream} writes
 * them. Kinds are never given another meaning, so that hubs of two versions may share a bus; one
 * that is not known is left alone.
 */
final class HintCodec {
  private static final int MOST = 10_000;

  /** A hint that has come. */
  record Said(String by, Hint hint) {}

  private HintCodec() {}

  static byte[] encode(String by, Hint hint) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(kind(hint));
      out.writeUTF(by);
      write(out, hint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static int kind(Hint hint) {
    return switch (hint) {
      case Hint.Opened _ -> 1;
      case Hint.Commands _ -> 2;
      case Hint.Ended _ -> 3;
      case Hint.Issued _ -> 4;
      case Hint.End _ -> 5;
      case Hint.Cancel _ -> 6;
      case Hint.Cancelled _ -> 7;
      case Hint.Watched _ -> 8;
    };
  }

  private static void write(DataOutputStream out, Hint hint) throws IOException {
    switch (hint) {
      case Hint.Opened(int deviceKey, long epoch, long who) -> {
        out.writeInt(deviceKey);
        out.writeLong(epoch);
        out.writeLong(who);
      }
      case Hint.Commands(int deviceKey, List<UUID> awaited) -> {
        out.writeInt(deviceKey);
        out.writeInt(awaited.size());
        for (UUID id : awaited) {
          write(out, id);
        }
      }
      case Hint.Ended(UUID command) -> write(out, command);
      case Hint.Issued(String credential) -> out.writeUTF(credential);
      case Hint.End(int deviceKey, String credential, String reason) -> {
        out.writeInt(deviceKey);
        out.writeUTF(credential == null ? "" : credential);
        out.writeUTF(reason);
      }
      case Hint.Cancel(
              UUID ticket,
              UUID command,
              int deviceKey,
              String caller,
              List<String> actor) -> {
        write(out, ticket);
        write(out, command);
        out.writeInt(deviceKey);
        out.writeUTF(caller);
        out.writeInt(actor.size());
        for (String part : actor) {
          out.writeUTF(part);
        }
      }
      case Hint.Cancelled(UUID ticket) -> write(out, ticket);
      case Hint.Watched(int deviceKey) -> out.writeInt(deviceKey);
    }
  }

  /** Null: of a kind that this version does not know. */
  static @Nullable Said decode(byte[] message) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
    int kind = in.readByte();
    String by = in.readUTF();
    Hint hint = read(in, kind);
    return hint == null ? null : new Said(by, hint);
  }

  private static @Nullable Hint read(DataInputStream in, int kind) throws IOException {
    return switch (kind) {
      case 1 -> new Hint.Opened(in.readInt(), in.readLong(), in.readLong());
      case 2 -> {
        int deviceKey = in.readInt();
        List<UUID> awaited = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
          awaited.add(uuid(in));
        }
        yield new Hint.Commands(deviceKey, awaited);
      }
      case 3 -> new Hint.Ended(uuid(in));
      case 4 -> new Hint.Issued(in.readUTF());
      case 5 -> {
        int deviceKey = in.readInt();
        String credential = in.readUTF();
        yield new Hint.End(deviceKey, credential.isEmpty() ? null : credential, in.readUTF());
      }
      case 6 -> {
        UUID ticket = uuid(in);
        UUID command = uuid(in);
        int deviceKey = in.readInt();
        String caller = in.readUTF();
        List<String> actor = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
          actor.add(in.readUTF());
        }
        yield new Hint.Cancel(ticket, command, deviceKey, caller, actor);
      }
      case 7 -> new Hint.Cancelled(uuid(in));
      case 8 -> new Hint.Watched(in.readInt());
      default -> null;
    };
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST) {
      throw new IOException("holds " + count + " parts");
    }
    return count;
  }

  private static void write(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  private static UUID uuid(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }
}
