package io.mooring.device.internal.telemetry;

import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every shape of readings that this process, or an earlier one with the same store, has seen. */
public final class Shapes {
  /** The hub's default for layouts of one session. Each is kept for the life of the process. */
  static final int MAX_SHAPES = 64;

  /** The hub's default for layouts of one device, in all its life. */
  static final int MAX_KNOWN = 1_000;

  private final Map<Key, Shape> inUse = new HashMap<>();
  private final Map<Key, Shape> known = new HashMap<>();
  private final List<Shape> byId = new ArrayList<>();
  private final @Nullable Book book;

  /** For this process alone. */
  public Shapes() {
    this(null);
  }

  Shapes(@Nullable Book book) {
    this.book = book;
  }

  /** A layout that the book had. */
  void restore(Layout layout) {
    Row row = new Row(0);
    for (Metric metric : layout.getMetricsList()) {
      row.add(metric.getName(), metric.getType(), 0, null, 0);
    }
    keep(new Shape(layout.getId(), layout), known, row);
  }

  private void keep(Shape shape, Map<Key, Shape> where, Row row) {
    where.put(new Key(row.withoutValues()), shape);
    while (byId.size() < shape.layoutId()) {
      byId.add(shape); // an id that is missing was lost with the book's page; it is not used again
    }
  }

  /** The shape with this id; null when it is not known. */
  @Nullable Shape byId(int layoutId) {
    Shape shape = layoutId < 1 || layoutId > byId.size() ? null : byId.get(layoutId - 1);
    return shape == null || shape.layoutId() != layoutId ? null : shape;
  }

  /**
   * @throws IllegalArgumentException when the row's shape is new and there are too many already
   * @throws IOException when the shape is new and cannot be written down
   */
  Shape of(Row row) throws IOException {
    Key key = new Key(row);
    Shape shape = inUse.get(key);
    if (shape == null) {
      if (inUse.size() == MAX_SHAPES) {
        throw new IllegalArgumentException(
            "readings of more than "
                + MAX_SHAPES
                + " different sets of metrics; give metrics that come and go readings of their own");
      }
      shape = known.get(key);
      if (shape == null) {
        shape = add(row);
      }
      inUse.put(new Key(row.withoutValues()), shape);
    }
    return shape;
  }

  private Shape add(Row row) throws IOException {
    if (byId.size() >= MAX_KNOWN) {
      throw new IllegalArgumentException(
          "readings of more than "
              + MAX_KNOWN
              + " different sets of metrics in the life of the store; names of metrics must not"
              + " carry data");
    }
    Shape shape = Shape.of(byId.size() + 1, row);
    if (book != null) {
      book.add(shape);
    }
    keep(shape, known, row);
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

  /** Where a shape is written down before the first batch that has it. */
  @FunctionalInterface
  interface Book {
    void add(Shape shape) throws IOException;
  }
}
