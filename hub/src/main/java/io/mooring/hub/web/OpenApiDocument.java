package io.mooring.hub.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The API's own description, as it lies on the class path. */
final class OpenApiDocument {
  private final Kept yaml;

  OpenApiDocument() {
    try (InputStream in = OpenApiDocument.class.getResourceAsStream("/api/openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("api/openapi.yaml is missing on the class path");
      }
      this.yaml = new Kept(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Reply get(Exchange exchange) {
    exchange.onlyQuery();
    return new Reply.Unchanging("application/yaml", yaml);
  }
}
