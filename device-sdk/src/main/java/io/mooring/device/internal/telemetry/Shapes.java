package io.mooring.device.internal.telemetry;

import java.util.HashMap;
import java.util.Map;

/** Every shape this process has seen. */
final class Shapes {
  /** The hub's default for layouts of one session. Each is kept for the life of the process. */
  static final int MAX_SHAPES = 64;

  private final Map<Key, Shape> shapes = new HashMap<>();

  /**
   * @throws IllegalArgumentException when the row's shape is new and there are too many already
   */
  Shape of(Row row) {
    Key key = new Key(row);
    Shape shape = shapes.get(key);
    if (shape == null) {
      if (shapes.size() == MAX_SHAPES) {
        throw new IllegalArgumentException(
            "readings of more than "
                + MAX_SHAPES
                + " different sets of metrics; give metrics that come and go readings of their own");
      }
      shape = Shape.of(shapes.size() + 1, row);
      shapes.put(new Key(row.withoutValues()), shape);
    }
    return shape;
  }

  private record Key(Row row) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && row.sameShape(key.row);
    }

    @Override
    public int hashCode() {
      return row.shapeHash();
    }
  }
}
