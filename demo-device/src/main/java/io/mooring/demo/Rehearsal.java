package io.mooring.demo;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Devices that come, report, obey and go, again and again: so that a hub that records itself
 * meanwhile learns the paths that it needs when a fleet returns. {@code bin/hub} runs it against a
 * demo while it prepares fast starts; it leaves devices and readings behind.
 */
public final class Rehearsal {
  private static final int DEVICES = 16;
  private static final int VISITS = 200;
  private static final int BATCHES = 8;
  private static final long PATIENCE_SECONDS = 20;
  private static final Pattern TOKEN = Pattern.compile("\"(mrd_[^\"]+)\"");

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI hub;
  private final String key;

  private Rehearsal(URI hub, String key) {
    this.hub = hub;
    this.key = key;
  }

  /**
   * @param args the hub's address, and an API key for everything
   */
  public static void main(String[] args) throws Exception {
    Rehearsal rehearsal = new Rehearsal(URI.create(args[0]), args[1]);
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i <= DEVICES; i++) {
      String device = "rehearsal-" + i;
      String token = rehearsal.register(device);
      Thread thread = new Thread(() -> rehearsal.visits(device, token), device);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.exit(0); // the client's threads may linger
  }

  private String register(String device) throws IOException, InterruptedException {
    post("/api/v1/devices", "{\"id\":\"" + device + "\"}");
    Matcher token = TOKEN.matcher(post("/api/v1/devices/" + device + "/tokens", "{}"));
    if (!token.find()) {
      throw new IOException("no token for " + device);
    }
    return token.group(1);
  }

  private String post(String path, String body) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(hub.resolve(path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private void visits(String device, String token) {
    try {
      for (int visit = 1; visit <= VISITS; visit++) {
        if (visit % 4 == 0) {
          post("/api/v1/devices/" + device + "/commands", "{\"name\":\"ping\",\"payload\":{}}");
        }
        visit(token, visit);
      }
    } catch (IOException | ExecutionException | TimeoutException e) {
      System.err.println(device + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void visit(String token, int number)
      throws InterruptedException, ExecutionException, TimeoutException {
    Visit visit = new Visit(number);
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + token)
            .subprotocols("mooring.device.v1")
            .buildAsync(URI.create("ws://" + hub.getAuthority() + "/device"), visit)
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    visit.done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    socket.abort();
  }

  /** One session, which ends with the acknowledgement of its last batch. */
  private static final class Visit implements WebSocket.Listener {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final int number;

    Visit(int number) {
      this.number = number;
    }

    @Override
    public void onOpen(WebSocket socket) {
      Stream stream = Stream.newBuilder().setId(1).setFirstSeq(1).setNextSeq(seq(1)).build();
      send(
          socket,
          DeviceFrame.newBuilder()
              .setHello(Hello.newBuilder().setAgent("rehearsal").addStreams(stream)));
      socket.request(1);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      try {
        HubFrame frame = HubFrame.parseFrom(data);
        switch (frame.getBodyCase()) {
          case WELCOME -> report(socket);
          case COMMAND -> obey(socket, frame.getCommand());
          case TELEMETRY_ACK -> {
            if (frame.getTelemetryAck().getSeq() >= seq(BATCHES)) {
              done.complete(null);
            }
          }
          case HEARTBEAT_REPLY, COMMAND_RESULT_ACK, BODY_NOT_SET -> {}
        }
      } catch (IOException e) {
        done.completeExceptionally(e);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      done.completeExceptionally(new IOException("closed with " + status + " " + reason));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable why) {
      done.completeExceptionally(why);
    }

    /** The number of a batch of this visit, counted from 1. */
    private long seq(int batch) {
      return (long) number * BATCHES + batch;
    }

    private void report(WebSocket socket) {
      Layout.Builder layout = Layout.newBuilder().setId(1);
      for (String name : List.of("a", "b", "c")) {
        layout.addMetrics(Metric.newBuilder().setName(name).setType(ValueType.VALUE_TYPE_NUMBER));
      }
      send(socket, DeviceFrame.newBuilder().setLayout(layout));
      long nowUs = System.currentTimeMillis() * 1_000;
      send(socket, DeviceFrame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setTimeUs(nowUs)));
      for (int i = 1; i <= BATCHES; i++) {
        Telemetry.Builder batch = Telemetry.newBuilder().setSeq(seq(i)).setLayout(1);
        batch.setTimeUs(nowUs + i).addNumbers(i).addNumbers(0.5).addNumbers(-i);
        send(socket, DeviceFrame.newBuilder().setTelemetry(batch));
      }
    }

    private static void obey(WebSocket socket, Command command) {
      CommandResult.Builder result = CommandResult.newBuilder().setId(command.getId());
      result.setStatus(CommandStatus.COMMAND_STATUS_SUCCEEDED);
      result.setPayload(ByteString.copyFromUtf8("{}"));
      send(socket, DeviceFrame.newBuilder().setCommandResult(result));
    }

    /** The client queues one message after the other, unless the one before is not sent yet. */
    private static void send(WebSocket socket, DeviceFrame.Builder frame) {
      socket.sendBinary(ByteBuffer.wrap(frame.build().toByteArray()), true).join();
    }
  }
}
