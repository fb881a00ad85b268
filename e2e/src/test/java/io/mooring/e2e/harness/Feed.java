package io.mooring.e2e.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows the event feed on a thread of its own, as an integrator would: whenever it breaks, from
 * after the last event that came whole.
 */
public final class Feed implements Stage.Kept {
  private static final long PAUSE_MILLIS = 50;

  private final Supplier<URI> hub;
  private final String query;
  private final String key;
  private final List<JsonNode> events = new ArrayList<>();
  private final Thread reader = Thread.ofPlatform().name("feed").unstarted(this::follow);
  private volatile boolean isClosed;
  private volatile @Nullable HttpURLConnection connection;
  private String last = "0";
  private int breaks;

  /**
   * @param hub asked for its address at each connection
   * @param query which events, as a query
   */
  Feed(Supplier<URI> hub, String key, String query) {
    this.hub = hub;
    this.key = key;
    this.query = query;
    reader.start();
  }

  /** What has come, in the order in which it came. */
  public synchronized List<JsonNode> events() {
    return List.copyOf(events);
  }

  /** How often a stream that had opened ended. */
  public synchronized int breaks() {
    return breaks;
  }

  /** Their ids, likewise. */
  public List<Long> ids() {
    return events().stream().map(event -> Long.valueOf(event.path("id").asString())).toList();
  }

  private void follow() {
    while (!isClosed) {
      try {
        read();
      } catch (IOException e) {
        // the hub was killed; what matters is what comes afterwards
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void read() throws IOException {
    URI address = hub.get().resolve("/api/v1/events" + query);
    HttpURLConnection opened = (HttpURLConnection) address.toURL().openConnection();
    connection = opened;
    opened.setRequestProperty("Authorization", "Bearer " + key);
    opened.setRequestProperty("Last-Event-ID", last);
    opened.setReadTimeout(60_000);
    if (opened.getResponseCode() != HttpURLConnection.HTTP_OK) {
      return;
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(opened.getInputStream(), StandardCharsets.UTF_8))) {
      String id = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring("id: ".length());
        } else if (line.startsWith("data: ")) {
          data = line.substring("data: ".length());
        } else if (line.isEmpty() && !data.isEmpty()) {
          came(id, JsonMapper.shared().readTree(data));
          data = "";
        }
      }
    } finally {
      broke();
    }
  }

  private synchronized void came(String id, JsonNode event) {
    events.add(event);
    last = id;
  }

  private synchronized void broke() {
    breaks++;
  }

  @Override
  public void close() {
    isClosed = true;
    reader.interrupt();
    HttpURLConnection open = connection;
    if (open != null) {
      open.disconnect();
    }
  }
}
