package io.mooring.hub.web;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of an export are written. Bytes are base64; no value and one not finite are none.
 */
enum ExportFormat {
  /** RFC 4180, with a column a metric. */
  CSV("csv", "text/csv;charset=utf-8;header=present") {
    @Override
    void begin(OutputStream out, SortedSet<String> metrics) throws IOException {
      List<String> names = new ArrayList<>(List.of("time"));
      names.addAll(metrics);
      line(out, names);
    }

    @Override
    void row(
        OutputStream out,
        Instant time,
        Map<String, @Nullable Object> values,
        SortedSet<String> metrics)
        throws IOException {
      List<String> cells = new ArrayList<>(List.of(time.toString()));
      for (String metric : metrics) {
        Object value = values.get(metric);
        cells.add(
            switch (value) {
              case null -> "";
              case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
              default -> value.toString();
            });
      }
      line(out, cells);
    }

    private static void line(OutputStream out, List<String> cells) throws IOException {
      String line = String.join(",", cells.stream().map(ExportFormat::quoted).toList()) + "\r\n";
      out.write(line.getBytes(StandardCharsets.UTF_8));
    }
  },

  /** A JSON object a line; only metrics that have a value at this time are in it. */
  NDJSON("ndjson", "application/x-ndjson") {
    @Override
    void begin(OutputStream out, SortedSet<String> metrics) {}

    @Override
    void row(
        OutputStream out,
        Instant time,
        Map<String, @Nullable Object> values,
        SortedSet<String> metrics)
        throws IOException {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("time", time);
      row.put("values", values);
      out.write(Json.bytes(row));
      out.write('\n');
    }
  };

  private final String text;
  private final String mediaType;

  ExportFormat(String text, String mediaType) {
    this.text = text;
    this.mediaType = mediaType;
  }

  /** As it stands in requests and at the end of file names. */
  String text() {
    return text;
  }

  String mediaType() {
    return mediaType;
  }

  abstract void begin(OutputStream out, SortedSet<String> metrics) throws IOException;

  /**
   * @param values by metric, of those that have one at this time; null: it is not finite
   */
  abstract void row(
      OutputStream out,
      Instant time,
      Map<String, @Nullable Object> values,
      SortedSet<String> metrics)
      throws IOException;

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
