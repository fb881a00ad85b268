package io.mooring.hub.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SecretTest {
  private final Secret secret = Secret.random(Secret.Kind.DEVICE_TOKEN, new Random(1));

  @Test
  void readsWhatItWrites() {
    Secret read = Secret.parse(Secret.Kind.DEVICE_TOKEN, secret.reveal()).orElseThrow();

    assertThat(secret.reveal()).matches("mrd_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}");
    assertThat(read.id()).isEqualTo(secret.id());
    assertThat(read.matches(secret.hash())).isTrue();
  }

  @Test
  void everyTruncationIsMalformed() {
    String text = secret.reveal();
    for (int length = 0; length < text.length(); length++) {
      assertThat(Secret.parse(Secret.Kind.DEVICE_TOKEN, text.substring(0, length))).isEmpty();
      assertThat(Secret.parse(Secret.Kind.DEVICE_TOKEN, text.substring(length + 1))).isEmpty();
    }
  }

  @Test
  void everyChangedCharacterIsMalformed() {
    String text = secret.reveal();
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'a' ? 'b' : 'a';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertThat(Secret.parse(Secret.Kind.DEVICE_TOKEN, changed)).as("at %d", i).isEmpty();
    }
  }

  @Test
  void oneKindIsMalformedAsAnother() {
    assertThat(Secret.parse(Secret.Kind.API_KEY, secret.reveal())).isEmpty();
  }

  @Test
  void anotherSecretDoesNotMatch() {
    Secret other = Secret.random(Secret.Kind.DEVICE_TOKEN, new Random(2));
    assertThat(other.matches(secret.hash())).isFalse();
  }

  /** What OPERATIONS.md gives to secret scanners. */
  @Test
  void secretScannersFindEachKind() throws IOException {
    String document = Files.readString(Path.of("../docs/OPERATIONS.md"));
    Matcher expression = Pattern.compile("(?m)^\\\\b\\(mr.*\\\\b$").matcher(document);
    assertThat(expression.find()).isTrue();
    Pattern scanner = Pattern.compile(expression.group());
    for (Secret.Kind kind : Secret.Kind.values()) {
      String found = Secret.random(kind, new Random(3)).reveal();
      assertThat("token=\"" + found + "\";").containsPattern(scanner);
      assertThat("x" + found).doesNotContainPattern(scanner);
    }
  }

  @Test
  void toStringShowsTheIdOnly() {
    String hidden = secret.reveal().substring("mrd_".length() + 13);
    assertThat(secret.toString()).contains(secret.id()).doesNotContain(hidden.substring(0, 8));
  }

  @Test
  void secretsDiffer() {
    Set<String> all = new HashSet<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 1_000; i++) {
      all.add(Secret.random(Secret.Kind.API_KEY, random).reveal());
    }
    assertThat(all).hasSize(1_000);
  }
}
