package io.mooring.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Registers a new device with the hub by an enrolment key, which many devices may share, and keeps
 * the token that it gets. Once, before the device is started for the first time:
 *
 * <pre>{@code
 * TokenStore tokens = TokenStore.file(Path.of("/var/lib/thermometer/token"));
 * if (!Files.exists(Path.of("/var/lib/thermometer/token"))) {
 *   Enrolment.enrol(hub, key, "thermometer-7", tokens);
 * }
 * Device.builder(hub, tokens).start();
 * }</pre>
 *
 * <p>If the line breaks before the answer has come, or the token cannot be stored, call it again:
 * until the device has connected once, the same key gives it another token in place of the first.
 */
public final class Enrolment {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
  private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*\"(mrd_\\w+)\"");
  private static final Pattern DETAIL =
      Pattern.compile("\"detail\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final int TIMEOUT_MS = (int) Duration.ofSeconds(30).toMillis();
  private static final int MOST_ANSWERED = 16 * 1024;

  private Enrolment() {}

  /** The hub refuses the device; trying again without a change is useless, except after 429. */
  public static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String why) {
      super("the hub refused the enrolment with HTTP status " + status + ": " + why);
      this.status = status;
    }

    /** The HTTP status: 401 the key, 403 it is used up, 409 the id is taken, 429 too many tries. */
    public int status() {
      return status;
    }
  }

  /**
   * Enrols the device, and returns when its token is stored. Blocks for up to a minute.
   *
   * @param hub as for {@link Device#builder(String, String)}
   * @param key the enrolment key, {@code mre_…}; a secret, sent to the hub alone
   * @param device its id: 1 to 64 of A-Z a-z 0-9 . _ : - and the first a letter or digit
   * @throws Refused when the hub says no
   * @throws IOException when the hub cannot be reached, or the token not be stored
   */
  public static void enrol(String hub, String key, String device, TokenStore tokens)
      throws IOException {
    if (!ID.matcher(device).matches()) {
      throw new IllegalArgumentException("'" + device + "' can be no device's id");
    }
    URI endpoint = HubAddress.endpoint(HubAddress.of(hub));
    String scheme = endpoint.getScheme().equals("wss") ? "https" : "http";
    URI url = URI.create(scheme + "://" + endpoint.getRawAuthority() + "/api/v1/enrol");
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    try {
      tokens.save(TokenShape.checked(ask(connection, key, device)));
    } finally {
      connection.disconnect();
    }
  }

  private static String ask(HttpURLConnection connection, String key, String device)
      throws IOException {
    connection.setInstanceFollowRedirects(false); // they would carry the key to another place
    connection.setConnectTimeout(TIMEOUT_MS);
    connection.setReadTimeout(TIMEOUT_MS);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Authorization", "Bearer " + key);
    connection.setRequestProperty("Content-Type", "application/json");
    try (OutputStream body = connection.getOutputStream()) {
      body.write(("{\"id\":\"" + device + "\"}").getBytes(StandardCharsets.UTF_8));
    }
    int status = connection.getResponseCode();
    String answer =
        answer(status < 400 ? connection.getInputStream() : connection.getErrorStream());
    Matcher token = TOKEN.matcher(answer);
    if (status == HttpURLConnection.HTTP_CREATED && token.find()) {
      return token.group(1);
    }
    Matcher detail = DETAIL.matcher(answer);
    throw new Refused(status, detail.find() ? detail.group(1) : "no answer of a hub");
  }

  private static String answer(@Nullable InputStream body) throws IOException {
    if (body == null) {
      return "";
    }
    try (body) {
      return new String(body.readNBytes(MOST_ANSWERED), StandardCharsets.UTF_8);
    }
  }
}
