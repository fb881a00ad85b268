package io.mooring.hub.audit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a change, and from where.
 *
 * @param id a user's name, a key's id, or what part of the system it is
 * @param name for people: a user's or key's name
 * @param address where the request came from; null: it came over no network
 */
public record Actor(Kind kind, String id, String name, @Nullable String address) {
  /** What an actor is. */
  public enum Kind {
    /** Somebody who signed in. */
    USER,
    /** A program with an API key. */
    KEY,
    /** A new device with an enrolment key. */
    ENROLMENT,
    /** The hub itself, or its command line on the database. */
    SYSTEM;

    /** As it stands in the table and in the API. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The table's check constraint allows no other text. */
    static Kind of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  public static Actor user(String name, String address) {
    return new Actor(Kind.USER, name, name, address);
  }

  public static Actor key(String id, String name, String address) {
    return new Actor(Kind.KEY, id, name, address);
  }

  /** A new device with this enrolment key. */
  public static Actor enrolment(String key, String name, String address) {
    return new Actor(Kind.ENROLMENT, key, name, address);
  }

  /** The first start of a hub, which makes the first user. */
  public static Actor firstStart() {
    return new Actor(Kind.SYSTEM, "first-start", "first-start", null);
  }

  /** The hub itself, as it gives a device its next token. */
  public static Actor rotation() {
    return new Actor(Kind.SYSTEM, "rotation", "rotation", null);
  }

  /** The hub itself, as it disables a webhook whose endpoint is gone. */
  public static Actor webhooks() {
    return new Actor(Kind.SYSTEM, "webhooks", "webhooks", null);
  }

  /** The command line, straight on the database, run by a user of that machine. */
  public static Actor commandLine() {
    return new Actor(
        Kind.SYSTEM, "command-line", System.getProperty("user.name", "command-line"), null);
  }

  /** In a sentence for people: user eve, key line 4. */
  public String said() {
    return kind.text() + " " + name;
  }

  /** Tells it from all others: {@code user:eve}, {@code key:4fzN…}. */
  public String text() {
    return kind.text() + ":" + id;
  }
}
