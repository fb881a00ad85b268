package io.mooring.hub.cli;

import io.mooring.hub.client.HubRefusal;
import io.mooring.hub.config.ConfigException;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.EmbeddedPostgresException;
import io.mooring.hub.db.Migrations;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.ops.Version;
import io.mooring.hub.tls.TlsException;
import java.io.PrintWriter;
import java.net.BindException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The tree of commands, and how each ends. */
public final class Cli {
  static final int REFUSED = 1;
  static final int USAGE = 2;

  @Command(
      name = "hub",
      description = "Mooring: an IoT device connectivity hub.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = false,
      footer = {
        "",
        "Exit codes: 0 done, 1 refused or failed, 2 wrong usage or settings.",
        "Try it: hub demo"
      })
  private static final class Root {}

  @Command(name = "device", description = "Register, list, disable and delete devices.")
  private static final class DeviceGroup {}

  @Command(
      name = "certificate",
      description = "Bind certificates to a device, by which it may come in without a token.")
  private static final class CertificateGroup {}

  @Command(name = "token", description = "Issue, list, revoke and rotate devices' tokens.")
  private static final class TokenGroup {}

  @Command(name = "key", description = "Issue, list and revoke API keys.")
  private static final class KeyGroup {}

  @Command(
      name = "enrolment-key",
      description = "Issue, list and revoke the keys with which new devices register themselves.")
  private static final class EnrolmentKeyGroup {}

  @Command(name = "user", description = "Add users and manage who may sign in.")
  private static final class UserGroup {}

  @Command(name = "command", description = "Send commands to devices, and see what became of them.")
  private static final class CommandGroup {}

  @Command(name = "job", description = "Follow and steer jobs: one command to many devices.")
  private static final class JobGroup {}

  @Command(name = "node", description = "See the hubs that share the database, and drain one.")
  private static final class NodeGroup {}

  private Cli() {}

  /** Runs one command line and returns its exit code. */
  public static int run(Map<String, String> env, PrintWriter out, PrintWriter err, String... args) {
    Surroundings here = new Surroundings(env, out, err);
    CommandLine root = tree(here, args.length == 0 ? "" : args[0]);
    root.setOut(out);
    root.setErr(err);
    root.setExecutionExceptionHandler((e, command, parsed) -> explain(e, here));
    if (args.length == 0) {
      root.usage(err);
      return USAGE;
    }
    int code = root.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  /** Every command. */
  static CommandLine tree(Surroundings here) {
    return tree(here, "");
  }

  /**
   * The tree with only the branch that was asked for, where there is one of that name: reading the
   * annotations of all of them took a quarter second of each start.
   */
  private static CommandLine tree(Surroundings here, String asked) {
    CommandLine root = new CommandLine(new Root());
    Map<String, Supplier<Object>> branches = branches(here);
    branches.forEach(
        (name, branch) -> {
          if (name.equals(asked) || !branches.containsKey(asked)) {
            root.addSubcommand(name, branch.get());
          }
        });
    help(root);
    root.getCommandSpec().version("mooring " + Version.text());
    return root;
  }

  private static Map<String, Supplier<Object>> branches(Surroundings here) {
    Map<String, Supplier<Object>> branches = new LinkedHashMap<>();
    branches.put("serve", () -> new ServeCommand(here));
    branches.put("demo", () -> new DemoCommand(here));
    branches.put("migrate", () -> new MigrateCommand(here));
    branches.put("check-config", () -> new CheckConfigCommand(here));
    branches.put(
        "device",
        () ->
            new CommandLine(new DeviceGroup())
                .addSubcommand(new DeviceCreateCommand(here))
                .addSubcommand(new DeviceListCommand(here))
                .addSubcommand(new DeviceEditCommands.Off(here))
                .addSubcommand(new DeviceEditCommands.On(here))
                .addSubcommand(new DeviceEditCommands.Delete(here))
                .addSubcommand(
                    new CommandLine(new CertificateGroup())
                        .addSubcommand(new DeviceCertificateCommands.Add(here))
                        .addSubcommand(new DeviceCertificateCommands.ListAll(here))
                        .addSubcommand(new DeviceCertificateCommands.Remove(here))));
    branches.put(
        "token",
        () ->
            new CommandLine(new TokenGroup())
                .addSubcommand(new TokenCreateCommand(here))
                .addSubcommand(new CredentialLists.Tokens(here))
                .addSubcommand(new TokenRevokeCommand(here))
                .addSubcommand(new TokenRotationCommands.Rotate(here))
                .addSubcommand(new TokenRotationCommands.Rotations(here)));
    branches.put(
        "key",
        () ->
            new CommandLine(new KeyGroup())
                .addSubcommand(new KeyCreateCommand(here))
                .addSubcommand(new CredentialLists.Keys(here))
                .addSubcommand(new CredentialLists.RevokeKey(here)));
    branches.put(
        "enrolment-key",
        () ->
            new CommandLine(new EnrolmentKeyGroup())
                .addSubcommand(new EnrolmentKeyCommands.Create(here))
                .addSubcommand(new EnrolmentKeyCommands.Listing(here))
                .addSubcommand(new EnrolmentKeyCommands.Revoke(here)));
    branches.put(
        "user",
        () ->
            new CommandLine(new UserGroup())
                .addSubcommand(new UserCreateCommand(here))
                .addSubcommand(new UserListCommand(here))
                .addSubcommand(new UserResetPasswordCommand(here))
                .addSubcommand(new UserEnableCommand.Off(here))
                .addSubcommand(new UserEnableCommand.On(here)));
    commands(here, branches);
    branches.put("version", () -> new VersionCommand(here));
    return branches;
  }

  /** What is sent to devices, and what became of it. */
  private static void commands(Surroundings here, Map<String, Supplier<Object>> branches) {
    branches.put(
        "command",
        () ->
            new CommandLine(new CommandGroup())
                .addSubcommand(new CommandSendCommand(here))
                .addSubcommand(new CommandCommands.Show(here))
                .addSubcommand(new CommandCommands.Cancel(here))
                .addSubcommand(new CommandCommands.Retry(here))
                .addSubcommand(new CommandCommands.Listed(here)));
    branches.put(
        "job",
        () ->
            new CommandLine(new JobGroup())
                .addSubcommand(new JobCommands.Listed(here))
                .addSubcommand(new JobCommands.Show(here))
                .addSubcommand(new JobCommands.Pause(here))
                .addSubcommand(new JobCommands.Resume(here))
                .addSubcommand(new JobCommands.Cancel(here)));
    branches.put(
        "node",
        () ->
            new CommandLine(new NodeGroup())
                .addSubcommand(new NodeCommands.Listed(here))
                .addSubcommand(new NodeCommands.Drain(here))
                .addSubcommand(new NodeCommands.Resume(here)));
  }

  /** --help everywhere; a group called without a subcommand says what there is. */
  private static void help(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(
            CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build());
    command.getSubcommands().values().forEach(Cli::help);
  }

  private static int explain(Exception e, Surroundings here) {
    switch (e) {
      case ConfigException config -> {
        config.problems().forEach(here::say);
        return USAGE;
      }
      case TlsException tls -> {
        here.say(String.valueOf(tls.getMessage()));
        return USAGE;
      }
      case CliException wrong -> {
        here.say(String.valueOf(e.getMessage()));
        return wrong.code();
      }
      case HubRefusal _, EmbeddedPostgresException _, Migrations.Refused _, NodeLock.Taken _ ->
          here.say(String.valueOf(e.getMessage()));
      case DatabaseException database -> here.say("The database failed: " + database.getMessage());
      default -> {
        BindException taken = bindException(e);
        if (taken == null) {
          e.printStackTrace(here.err());
        } else {
          here.say("The port cannot be used: " + taken.getMessage() + ". Choose another: --port N");
        }
      }
    }
    return REFUSED;
  }

  private static @Nullable BindException bindException(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof BindException bind) {
        return bind;
      }
    }
    return null;
  }
}
