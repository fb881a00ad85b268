package io.mooring.bench.part;

import io.mooring.hub.access.Scope;
import io.mooring.hub.secret.Secret;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Registers devices by the thousand, straight in the database. */
public final class Registry {
  private static final String DEVICES =
      """
      INSERT INTO device (id, name, created_at, updated_at)
      SELECT 'bench-' || i, 'Bench ' || i, now(), now() FROM generate_series(1, ?) i
      """;
  private static final String TOKENS =
      """
      INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)
      SELECT t.id, d.key, 'bench', t.hash, now(), now()
      FROM unnest(?::text[], ?::bytea[]) WITH ORDINALITY AS t(id, hash, i)
      JOIN device d ON d.id = 'bench-' || t.i
      """;

  private static final String KEY =
      """
      INSERT INTO api_key (id, name, secret_hash, scopes, created_at) VALUES (?, 'bench', ?, ?, now())
      """;

  private Registry() {}

  /** Registers so many devices and returns their tokens. */
  public static List<String> register(Postgres postgres, int devices) {
    SecureRandom random = new SecureRandom();
    List<Secret> secrets = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      secrets.add(Secret.random(Secret.Kind.DEVICE_TOKEN, random));
    }
    postgres.on(
        connection -> {
          connection.setAutoCommit(false);
          try (PreparedStatement insert = connection.prepareStatement(DEVICES)) {
            insert.setInt(1, devices);
            insert.execute();
          }
          try (PreparedStatement insert = connection.prepareStatement(TOKENS)) {
            insert.setArray(
                1, connection.createArrayOf("text", secrets.stream().map(Secret::id).toArray()));
            insert.setArray(
                2,
                connection.createArrayOf(
                    "bytea", secrets.stream().map(Secret::hash).toArray(byte[][]::new)));
            insert.execute();
          }
          connection.commit();
          return true;
        });
    postgres.execute("ANALYZE device", "ANALYZE device_token");
    return secrets.stream().map(Secret::reveal).toList();
  }

  /** Makes an API key that may do this, and returns it. */
  public static String apiKey(Postgres postgres, Set<Scope> scopes) {
    Secret secret = Secret.random(Secret.Kind.API_KEY, new SecureRandom());
    return postgres.on(
        connection -> {
          try (PreparedStatement insert = connection.prepareStatement(KEY)) {
            insert.setString(1, secret.id());
            insert.setBytes(2, secret.hash());
            insert.setArray(
                3, connection.createArrayOf("text", scopes.stream().map(Scope::text).toArray()));
            insert.execute();
          }
          return secret.reveal();
        });
  }
}
