package io.mooring.hub.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.protocol.v1.CommandProgress;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Bytes of a device to {@link Inbound}. Checks what can be checked without knowing the session. */
public final class FrameDecoder {
  private static final int MAX_STREAMS = 4;
  private static final int MAX_AGENT_BYTES = 128;
  private static final int MAX_METRIC_NAME = 64;
  private static final int MAX_METRICS = 256;
  private static final int MAX_MESSAGE_BYTES = 1024;
  private static final int MAX_PROGRESS_BYTES = 256;
  private static final int MAX_CONTENT_TYPE_BYTES = 128;
  private static final int TOKEN_ID_BYTES = 12;

  /** The earliest and the latest reading of a batch (P-25): range queries rely on it. */
  public static final long MAX_SPREAD_US = 3_600_000_000L;

  /** The year 10000: times lie in the years 1970 to 9999 (P-30). */
  private static final long END_OF_TIME_US = 253_402_300_800_000_000L;

  private FrameDecoder() {}

  /** Reads one frame; the buffer may be reused afterwards. */
  public static Inbound decode(ByteBuffer frame) {
    Inbound usual = TelemetryDecoder.decode(frame);
    return usual != null ? usual : parse(frame);
  }

  /** The same for every frame, by protobuf's own parser. */
  static Inbound parse(ByteBuffer frame) {
    DeviceFrame parsed;
    try {
      parsed = DeviceFrame.parseFrom(frame);
    } catch (InvalidProtocolBufferException e) {
      return new Inbound.Malformed("not a DeviceFrame");
    }
    return switch (parsed.getBodyCase()) {
      case HELLO -> hello(parsed.getHello());
      case LAYOUT -> layout(parsed.getLayout());
      case TELEMETRY -> batch(parsed.getTelemetry());
      case HEARTBEAT ->
          new Inbound.Heartbeat(
              parsed.getHeartbeat().getTimeUs(),
              parsed.getHeartbeat().getHubTimeUs(),
              parsed.getHeartbeat().getHeldUs());
      case COMMAND_RECEIVED -> {
        ByteString id = parsed.getCommandReceived().getId();
        yield id.size() == 16 ? new Inbound.CommandReceived(uuid(id)) : badId();
      }
      case COMMAND_RESULT -> result(parsed.getCommandResult());
      case COMMAND_PROGRESS -> progress(parsed.getCommandProgress());
      case NEXT_TOKEN_STORED -> {
        ByteString id = parsed.getNextTokenStored().getTokenIdBytes();
        yield id.size() == TOKEN_ID_BYTES
            ? new Inbound.NextTokenStored(id.toStringUtf8())
            : new Inbound.Malformed("NextTokenStored.token_id: 12 bytes");
      }
      case BODY_NOT_SET -> new Inbound.Malformed("no known body");
    };
  }

  /** The token in a Hello; empty where it has none, and for any other frame. */
  public static String helloToken(ByteBuffer frame) {
    try {
      return DeviceFrame.parseFrom(frame.duplicate()).getHello().getToken();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  private static Inbound hello(Hello hello) {
    if (hello.getAgentBytes().size() > MAX_AGENT_BYTES || !printable(hello.getAgent())) {
      return new Inbound.Malformed("Hello.agent: at most 128 printable bytes");
    }
    if (hello.getStreamsCount() > MAX_STREAMS) {
      return new Inbound.Malformed("Hello.streams: at most " + MAX_STREAMS);
    }
    List<Inbound.Stream> streams = new ArrayList<>(hello.getStreamsCount());
    for (Stream s : hello.getStreamsList()) {
      boolean sane = s.getFirstSeq() >= 1 && s.getNextSeq() >= s.getFirstSeq();
      if (s.getId() == 0 || !sane || streams.stream().anyMatch(o -> o.id() == s.getId())) {
        return new Inbound.Malformed(
            "Hello.streams: distinct ids other than 0, and 1 <= first_seq <= next_seq");
      }
      if (s.getNextSeq() > s.getFirstSeq() && !sane(s.getOldestTimeUs())) {
        return new Inbound.Malformed(
            "Hello.streams: oldest_time_us outside the years 1970 to 9999");
      }
      streams.add(
          new Inbound.Stream(
              s.getId(),
              s.getFirstSeq(),
              s.getNextSeq(),
              s.getOldestTimeUs(),
              s.getDroppedReadings()));
    }
    return new Inbound.Hello(hello.getAgent(), List.copyOf(streams), hello.getTakesNextToken());
  }

  private static Inbound layout(Layout layout) {
    if (layout.getId() < 1 || layout.getId() > 65_535) {
      return new Inbound.Malformed("Layout.id: 1 to 65535");
    }
    if (layout.getMetricsCount() == 0 || layout.getMetricsCount() > MAX_METRICS) {
      return new Inbound.Malformed("Layout.metrics: 1 to 256");
    }
    List<Inbound.Metric> metrics = new ArrayList<>(layout.getMetricsCount());
    for (Metric m : layout.getMetricsList()) {
      if (!isMetricName(m.getName())) {
        return new Inbound.Malformed(
            "Metric.name: letters, digits, _ . : / - and at most 64 of them");
      }
      ValueType type =
          switch (m.getType()) {
            case VALUE_TYPE_NUMBER -> ValueType.NUMBER;
            case VALUE_TYPE_INTEGER -> ValueType.INTEGER;
            case VALUE_TYPE_BOOLEAN -> ValueType.BOOLEAN;
            case VALUE_TYPE_TEXT -> ValueType.TEXT;
            case VALUE_TYPE_BYTES -> ValueType.BYTES;
            case VALUE_TYPE_UNSPECIFIED, UNRECOGNIZED -> null;
          };
      if (type == null) {
        return new Inbound.Malformed("Metric.type: unknown");
      }
      metrics.add(new Inbound.Metric(m.getName(), type));
    }
    if (metrics.stream().map(Inbound.Metric::name).distinct().count() < metrics.size()) {
      return new Inbound.Malformed("Layout.metrics: a name stands twice");
    }
    return new Inbound.Layout(layout.getId(), List.copyOf(metrics));
  }

  /** By hand: while a fleet returns to a hub just started, an expression is interpreted code. */
  private static boolean isMetricName(String name) {
    if (name.isEmpty() || name.length() > MAX_METRIC_NAME) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean word =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!word && (i == 0 || ".:/-".indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }

  private static Inbound batch(Telemetry t) {
    long[] deltas = new long[t.getTimeDeltasUsCount()];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = t.getTimeDeltasUs(i);
    }
    double[] numbers = new double[t.getNumbersCount()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = t.getNumbers(i);
    }
    long[] integers = new long[t.getIntegersCount()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = t.getIntegers(i);
    }
    boolean[] booleans = new boolean[t.getBooleansCount()];
    for (int i = 0; i < booleans.length; i++) {
      booleans[i] = t.getBooleans(i);
    }
    byte[][] texts = new byte[t.getTextsCount()][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = t.getTextsBytes(i).toByteArray();
      if (t.getTexts(i).indexOf('\0') >= 0) {
        return new Inbound.Malformed("Telemetry.texts: NUL cannot be stored");
      }
    }
    byte[][] blobs = new byte[t.getBlobsCount()][];
    for (int i = 0; i < blobs.length; i++) {
      blobs[i] = t.getBlobs(i).toByteArray();
    }
    return batch(
        new Inbound.Batch(
            t.getSeq(),
            t.getStream(),
            t.getLayout(),
            t.getTimeUs(),
            offsets(deltas),
            numbers,
            integers,
            booleans,
            texts,
            blobs),
        deltas);
  }

  /** Of each reading since the first. */
  static long[] offsets(long[] deltas) {
    long[] offsets = new long[deltas.length + 1];
    for (int i = 0; i < deltas.length; i++) {
      offsets[i + 1] = offsets[i] + deltas[i];
    }
    return offsets;
  }

  /** The batch, or what is wrong with its numbers. */
  static Inbound batch(Inbound.Batch batch, long[] deltas) {
    if (batch.seq() < 1) {
      return new Inbound.Malformed("Telemetry.seq: starts at 1");
    }
    if (!sane(batch.timeUs())) {
      return new Inbound.Malformed("Telemetry.time_us: outside the years 1970 to 9999");
    }
    long earliest = 0;
    long latest = 0;
    for (int i = 0; i < deltas.length; i++) {
      long offset = batch.offsetsUs()[i + 1];
      earliest = Math.min(earliest, offset);
      latest = Math.max(latest, offset);
      // The first comparisons keep a sum that overflowed from going on unseen.
      if (deltas[i] < -MAX_SPREAD_US
          || deltas[i] > MAX_SPREAD_US
          || latest - earliest > MAX_SPREAD_US
          || !sane(batch.timeUs() + offset)) {
        return new Inbound.Malformed("Telemetry.time_deltas_us: a batch spans at most an hour");
      }
    }
    return batch;
  }

  private static Inbound result(CommandResult r) {
    if (r.getId().size() != 16) {
      return badId();
    }
    if (r.getMessageBytes().size() > MAX_MESSAGE_BYTES || r.getMessage().indexOf('\0') >= 0) {
      return new Inbound.Malformed("CommandResult.message: at most 1024 bytes, no NUL");
    }
    if (r.getContentTypeBytes().size() > MAX_CONTENT_TYPE_BYTES || !printable(r.getContentType())) {
      return new Inbound.Malformed("CommandResult.content_type: at most 128 printable bytes");
    }
    Inbound.Outcome outcome =
        switch (r.getStatus()) {
          case COMMAND_STATUS_SUCCEEDED -> Inbound.Outcome.SUCCEEDED;
          case COMMAND_STATUS_FAILED -> Inbound.Outcome.FAILED;
          case COMMAND_STATUS_REJECTED -> Inbound.Outcome.REJECTED;
          case COMMAND_STATUS_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    if (outcome == null) {
      return new Inbound.Malformed("CommandResult.status: unknown");
    }
    String type = r.getContentType().isEmpty() ? "application/json" : r.getContentType();
    return new Inbound.CommandResult(
        uuid(r.getId()),
        outcome,
        type,
        r.getPayload().toByteArray(),
        r.getMessage(),
        (outcome == Inbound.Outcome.FAILED && r.hasRetryable()) ? r.getRetryable() : null);
  }

  private static Inbound progress(CommandProgress p) {
    if (p.getId().size() != 16) {
      return badId();
    }
    // A number above 2^31 comes as a negative one.
    if (p.getPercent() < 0 || p.getPercent() > 100) {
      return new Inbound.Malformed("CommandProgress.percent: 0 to 100");
    }
    if (p.getMessageBytes().size() > MAX_PROGRESS_BYTES || !printable(p.getMessage())) {
      return new Inbound.Malformed("CommandProgress.message: at most 256 printable bytes");
    }
    return new Inbound.CommandProgress(uuid(p.getId()), p.getPercent(), p.getMessage());
  }

  private static boolean sane(long timeUs) {
    return timeUs >= 0 && timeUs < END_OF_TIME_US;
  }

  private static boolean printable(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }

  private static Inbound badId() {
    return new Inbound.Malformed("command id: 16 bytes");
  }

  private static UUID uuid(ByteString bytes) {
    ByteBuffer b = bytes.asReadOnlyByteBuffer();
    return new UUID(b.getLong(), b.getLong());
  }
}
