package io.mooring.device;

/** Carries commands of one name out. */
@FunctionalInterface
public interface CommandHandler {
  /**
   * Carries the command out and says how it ended. Called at most once per command in the life of
   * this process, or of its {@link Store} if it has one (but see {@link
   * DeviceBuilder#onRepeatable}), on a thread of the SDK's own that it may block for as long as it
   * likes; the connection is kept meanwhile. Commands are handled one at a time in the order the
   * hub gave them, unless {@link DeviceBuilder#commandsAtOnce} says otherwise. {@link Device#close}
   * interrupts the thread.
   *
   * @throws Exception for a command that failed: the same as {@link CommandResult#failed} with the
   *     exception's message
   */
  CommandResult handle(Command command) throws Exception;
}
