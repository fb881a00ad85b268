package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static final int MOST = 65_536;

  private final Messages messages = new Messages(new Inflaters());

  /** What comes out of a small frame is counted by the rate as if it had been sent so. */
  @Test
  void whatAMessageGrowsByIsToldOnce() throws Messages.Refused {
    byte[] deflated = new byte[1_000];
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(new byte[60_000]);
    int length = deflater.deflate(deflated, 0, deflated.length, Deflater.SYNC_FLUSH);
    deflater.end();
    Frame frame = new Frame(OpCode.BINARY, ByteBuffer.wrap(deflated, 0, length - 4));
    frame.setRsv1(true);
    assertThat(messages.add(frame, MOST))
        .isNotNull()
        .extracting(ByteBuffer::remaining)
        .isEqualTo(60_000);
    assertThat(messages.grown()).isEqualTo(60_000 - (length - 4));
    assertThat(messages.grown()).isZero();
    messages.add(new Frame(OpCode.BINARY, ByteBuffer.allocate(100)), MOST);
    assertThat(messages.grown()).isZero();
  }
}
