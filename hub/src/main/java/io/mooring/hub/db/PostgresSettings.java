package io.mooring.hub.db;

/** The configuration file of the embedded PostgreSQL: for one hub on one small machine. */
final class PostgresSettings {
  private PostgresSettings() {}

  /**
   * The whole file. Durability is spelled out although it is PostgreSQL's default, because an ack
   * to a device means that the reading is on disk.
   */
  static String text(int port) {
    return """
    # Written by the hub at every start: changes made here are lost.
    listen_addresses = '127.0.0.1'
    port = %d
    unix_socket_directories = ''
    max_connections = 100

    fsync = on
    synchronous_commit = on
    full_page_writes = on

    shared_buffers = 128MB
    max_wal_size = 2GB
    wal_compression = on
    checkpoint_timeout = 15min
    checkpoint_completion_target = 0.9
    jit = off
    random_page_cost = 1.1

    timezone = 'UTC'
    log_timezone = 'UTC'
    log_min_messages = warning
    log_checkpoints = off
    log_line_prefix = '%%m [%%p] '
    """
        .formatted(port);
  }
}
