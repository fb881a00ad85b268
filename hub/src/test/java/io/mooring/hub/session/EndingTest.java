package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.wire.CloseReason;
import org.junit.jupiter.api.Test;

class EndingTest {
  @Test
  void aLostConnectionIsToldInOurWordsAndACloseInThoseOfTheDevice() {
    assertThat(seen(1006, "Session Closed")).isEqualTo("the connection was lost");
    assertThat(seen(1000, "bye\0")).isEqualTo("bye?");
    assertThat(seen(1000, "")).isEqualTo("the connection ended");
  }

  @Test
  void whatTheHubDecidedStands() {
    Ending ending = new Ending();
    ending.decided(CloseReason.SLOW_READER, "why");
    ending.seen(1006, "Session Closed");
    assertThat(ending.cause()).isEqualTo("slow-reader: why");
    assertThat(ending.code()).isEqualTo(4203);
  }

  private static String seen(int code, String reason) {
    Ending ending = new Ending();
    ending.seen(code, reason);
    return ending.cause();
  }
}
