package io.mooring.device.internal.telemetry;

import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;

/**
 * Names and types that readings have in common, and the layout id they go by on the wire.
 *
 * @param layoutId 1 to 65535; the same for as long as a stream lives, and never shared by two
 *     shapes of one outbox, whatever stream they are in
 */
public record Shape(int layoutId, Layout layout) {

  static Shape of(int layoutId, Row row) {
    Layout.Builder layout = Layout.newBuilder().setId(layoutId);
    for (int i = 0; i < row.size(); i++) {
      layout.addMetrics(Metric.newBuilder().setName(row.name(i)).setType(row.type(i)));
    }
    return new Shape(layoutId, layout.build());
  }

  /** Declares the layout in a session. */
  public byte[] frame() {
    return DeviceFrame.newBuilder().setLayout(layout).build().toByteArray();
  }
}
