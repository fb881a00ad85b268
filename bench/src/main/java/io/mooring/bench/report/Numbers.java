package io.mooring.bench.report;

import java.util.Locale;

/** Numbers for people: three digits that count. */
public final class Numbers {
  private Numbers() {}

  /**
   * The number with as many decimals as make sense, thousands set apart; from ten millions on in
   * millions.
   */
  public static String of(double number) {
    double size = Math.abs(number);
    if (size >= 10_000_000) {
      return of(number / 1e6) + " M";
    }
    String format = size >= 1_000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, number).replace(',', ' ');
  }
}
