package io.mooring.device.internal.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.store.SegmentLog;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.protocol.v1.Layout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The layouts of a store's batches, each written down once. */
final class LayoutBook implements SegmentLog.Replay {
  private final List<Layout> found = new ArrayList<>();

  private LayoutBook() {}

  /** The shapes of all layouts there are; new ones are added to the book. */
  static Shapes open(StoreFolder folder) throws IOException {
    LayoutBook read = new LayoutBook();
    Shapes shapes = new Shapes(new Pen(folder.log("layouts", Integer.MAX_VALUE, true, read)));
    for (Layout layout : read.found) {
      shapes.restore(layout);
    }
    return shapes;
  }

  @Override
  public void record(long segment, int offset, byte[] record) {
    try {
      Layout layout = Layout.parseFrom(record);
      if (layout.getId() > 0) {
        found.add(layout);
      }
    } catch (InvalidProtocolBufferException e) {
      // Cannot be: the checksum fits.
    }
  }

  private record Pen(SegmentLog log) implements Shapes.Book {
    @Override
    public void add(Shape shape) throws IOException {
      log.append(shape.layout().toByteArray());
    }
  }
}
