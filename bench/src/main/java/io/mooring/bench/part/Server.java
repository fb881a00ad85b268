package io.mooring.bench.part;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A server in a JVM of its own: the hub, or a bare one that does the least. */
public sealed interface Server extends AutoCloseable permits Hub, BareServer {
  /** Where it takes connections. */
  InetSocketAddress address();

  long pid();

  /** From its start to its first good answer, in milliseconds. */
  double readyMs();

  /** Resident memory now. */
  default long residentBytes() {
    return Proc.residentBytes(pid());
  }

  /** Bytes of its living objects; collects all garbage. */
  default long liveHeapBytes() {
    return new Jvm(pid()).liveHeapBytes();
  }

  /** Begins to record where its time goes. */
  default void startRecording() {
    new Jvm(pid()).startRecording();
  }

  /** Ends that, and keeps the record. */
  default void dumpRecording(Path file) {
    new Jvm(pid()).dumpRecording(file);
  }

  /** Ends it in order. */
  @Override
  void close();
}
