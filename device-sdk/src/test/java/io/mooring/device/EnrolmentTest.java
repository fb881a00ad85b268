package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EnrolmentTest {
  private static final String TOKEN =
      "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  @TempDir Path folder;
  private final List<String> asked = new ArrayList<>();
  private HttpServer hub;
  private int status = 201;
  private String answer = "{\"device\":\"t-7\",\"token\":\"" + TOKEN + "\"}";

  @BeforeEach
  void start() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext(
        "/api/v1/enrol",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    hub.start();
  }

  @AfterEach
  void stop() {
    hub.stop(0);
  }

  @Test
  void theTokenIsStored() throws IOException {
    TokenStore tokens = TokenStore.file(folder.resolve("token"));

    Enrolment.enrol(address(), "mre_key", "t-7", tokens);

    assertThat(tokens.load()).isEqualTo(TOKEN);
    assertThat(asked).containsExactly("Bearer mre_key {\"id\":\"t-7\"}");
    Device.builder(address(), tokens).start().close();
  }

  @Test
  void aRefusalSaysWhy() {
    status = 409;
    answer = "{\"title\":\"The id is taken\",\"detail\":\"A device t-7 exists already.\"}";

    assertThatThrownBy(
            () ->
                Enrolment.enrol(address(), "mre_key", "t-7", TokenStore.file(folder.resolve("t"))))
        .isInstanceOf(Enrolment.Refused.class)
        .hasMessageContaining("409")
        .hasMessageContaining("exists already")
        .hasMessageNotContaining("mre_key");
  }

  @Test
  void withoutATokenTheDeviceDoesNotStart() {
    assertThatThrownBy(
            () -> Device.builder(address(), TokenStore.file(folder.resolve("none"))).start())
        .hasMessageContaining("cannot be loaded");
  }

  private String address() {
    return "ws://127.0.0.1:" + hub.getAddress().getPort();
  }
}
