package io.mooring.hub.event;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events that stand in no table, as bytes on the bus: the node that sends, the kind, the fields. A
 * kind or a type of value that is not known makes the whole event unknown.
 */
final class LiveCodec {
  private static final int TELEMETRY = 1;
  private static final int PROGRESS = 2;
  private static final int MOST_VALUES = 10_000;

  private LiveCodec() {}

  static byte[] encode(String node, Event.Telemetry event) {
    return bytes(
        out -> {
          begin(out, node, TELEMETRY, event);
          out.writeInt(event.readings().size());
          for (Event.Value value : event.readings()) {
            out.writeUTF(value.metric());
            write(out, value.time());
            write(out, value.value());
          }
        });
  }

  static byte[] encode(String node, Event.Progress event) {
    return bytes(
        out -> {
          begin(out, node, PROGRESS, event);
          out.writeLong(event.command().getMostSignificantBits());
          out.writeLong(event.command().getLeastSignificantBits());
          out.writeUTF(event.name());
          out.writeInt(event.percent());
          out.writeUTF(event.message());
        });
  }

  private static void begin(DataOutputStream out, String node, int kind, Event event)
      throws IOException {
    out.writeUTF(node);
    out.writeByte(kind);
    out.writeInt(event.deviceKey());
    out.writeUTF(String.valueOf(event.device()));
    write(out, event.at());
  }

  /** Null: this node has sent it itself, or a newer one something that this one does not know. */
  static @Nullable Event decode(String own, byte[] message) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
    if (in.readUTF().equals(own)) {
      return null;
    }
    int kind = in.readByte();
    int deviceKey = in.readInt();
    String device = in.readUTF();
    Instant at = instant(in);
    return switch (kind) {
      case TELEMETRY -> {
        List<Event.Value> values = values(in);
        yield values == null ? null : new Event.Telemetry(deviceKey, device, at, values);
      }
      case PROGRESS -> {
        UUID command = new UUID(in.readLong(), in.readLong());
        yield new Event.Progress(
            deviceKey, device, at, command, in.readUTF(), in.readInt(), in.readUTF());
      }
      default -> null;
    };
  }

  private static @Nullable List<Event.Value> values(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST_VALUES) {
      throw new IOException("holds " + count + " values");
    }
    List<Event.Value> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String metric = in.readUTF();
      Instant time = instant(in);
      Object value = value(in);
      if (value == null) {
        return null;
      }
      values.add(new Event.Value(metric, time, value));
    }
    return values;
  }

  private static void write(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case Double number -> {
        out.writeByte('d');
        out.writeDouble(number);
      }
      case Long number -> {
        out.writeByte('l');
        out.writeLong(number);
      }
      case Boolean flag -> {
        out.writeByte('b');
        out.writeBoolean(flag);
      }
      case String text -> write(out, 's', text.getBytes(StandardCharsets.UTF_8));
      case byte[] bytes -> write(out, 'x', bytes);
      default -> throw new IllegalArgumentException("no value of a reading: " + value.getClass());
    }
  }

  private static void write(DataOutputStream out, char kind, byte[] bytes) throws IOException {
    out.writeByte(kind);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static @Nullable Object value(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case 'd' -> in.readDouble();
      case 'l' -> in.readLong();
      case 'b' -> in.readBoolean();
      case 's' -> new String(bytes(in), StandardCharsets.UTF_8);
      case 'x' -> bytes(in);
      default -> null;
    };
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a value of " + length + " bytes is cut off");
    }
    return in.readNBytes(length);
  }

  private static void write(DataOutputStream out, Instant time) throws IOException {
    out.writeLong(time.getEpochSecond());
    out.writeInt(time.getNano());
  }

  private static Instant instant(DataInputStream in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  private interface Fields {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      fields.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
