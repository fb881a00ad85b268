package io.mooring.hub.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes a file untidy. Pure functions on text, so that a test can show each of them failing.
 */
final class TidyRules {
  static final int FILE_LINES = 300;
  static final int METHOD_LINES = 60;

  // Put together here, so that this very file does not hold them.
  private static final Pattern LEFT_OVER = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME)\\b");
  private static final String OFF = "@" + "Disabled";
  private static final Pattern SOURCE = Pattern.compile(".*\\.(java|ts|tsx|css)");
  private static final Pattern SCRIPT =
      Pattern.compile(".*\\.(sql|proto|mjs|js|html|sh)|bin/[^/]+");
  private static final Pattern MIGRATION = Pattern.compile("V\\d{3}__[a-z0-9_]+\\.sql");
  private static final Pattern CODE = Pattern.compile("\\b(\\d{4})\\b");

  private TidyRules() {}

  /** Everything wrong with one file. */
  static List<String> problems(String path, String text) {
    List<String> problems = new ArrayList<>();
    boolean source = SOURCE.matcher(path).matches();
    if (source && !generated(text)) {
      long lines = text.lines().count();
      if (lines > FILE_LINES) {
        problems.add("%s: %d lines, at most %d".formatted(path, lines, FILE_LINES));
      }
    }
    if (source || SCRIPT.matcher(path).matches()) {
      Matcher left = LEFT_OVER.matcher(text);
      if (left.find()) {
        problems.add("%s: %s; file an issue instead".formatted(path, left.group()));
      }
    }
    if (path.endsWith(".java")) {
      if (text.contains(OFF)) {
        problems.add("%s: %s; mend the test or delete it".formatted(path, OFF));
      }
      for (JavaShape.Method method : JavaShape.of(text).methods()) {
        if (method.lines() > METHOD_LINES) {
          problems.add(
              "%s:%d: method %s has %d lines, at most %d"
                  .formatted(path, method.line(), method.name(), method.lines(), METHOD_LINES));
        }
      }
    }
    if (path.contains("db/migration/")) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (!MIGRATION.matcher(name).matches()) {
        problems.add(path + ": a migration is named like V012__what_it_does.sql");
      }
    }
    return problems;
  }

  /** Written by a tool, which says so at the top. */
  private static boolean generated(String text) {
    return text.lines().limit(5).anyMatch(line -> line.contains("auto-generated"));
  }

  /** Constants of CloseReason whose number or name the protocol's text does not hold. */
  static List<String> undocumentedCloseCodes(String closeReason, String protocol) {
    List<String> missing = new ArrayList<>();
    for (JavaShape.Constant constant : JavaShape.of(closeReason).constants()) {
      Matcher code = CODE.matcher(constant.text());
      if (!constant.text().startsWith("new CloseReason(") || !code.find()) {
        continue;
      }
      String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      boolean documented =
          protocol.lines().anyMatch(line -> line.contains(code.group(1)) && line.contains(name));
      if (!documented) {
        missing.add(code.group(1) + " " + name);
      }
    }
    return missing;
  }
}
