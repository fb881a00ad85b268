package io.mooring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.bench.report.Trend;
import org.junit.jupiter.api.Test;

/** What is said of a series: growth from third to third, and the line through it. */
class TrendTest {
  @Test
  void whatRisesSteadilyGrows() {
    Trend trend = trend(100e6, 110e6, 120e6, 130e6, 140e6, 150e6);

    assertThat(trend.beginning()).isEqualTo(105e6);
    assertThat(trend.end()).isEqualTo(145e6);
    assertThat(trend.growth()).isEqualTo(40e6);
    assertThat(trend.perMinute()).isCloseTo(5e6, within(1.0));
    assertThat(trend.line()).contains("; grows");
  }

  @Test
  void aSingleOutlierIsNoGrowth() {
    Trend trend = trend(100e6, 101e6, 100e6, 99e6, 160e6, 100e6, 101e6, 300e6, 100e6);

    assertThat(trend.growth()).isEqualTo(1e6);
    assertThat(trend.line()).contains("does not grow");
  }

  @Test
  void oneSampleIsALineToo() {
    Trend trend = trend(7);

    assertThat(trend.growth()).isZero();
    assertThat(trend.perMinute()).isZero();
  }

  /** A sample every two minutes. */
  private static Trend trend(double... values) {
    Trend trend = new Trend();
    for (int i = 0; i < values.length; i++) {
      trend.add(2.0 * i, values[i]);
    }
    return trend;
  }
}
