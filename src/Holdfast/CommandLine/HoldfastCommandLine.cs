using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Holdfast.Cli.Access;
using Holdfast.Cli.Answers;
using Holdfast.Cli.Clusters;
using Holdfast.Cli.Consoles;
using Holdfast.Cli.Daemons;
using Holdfast.Cli.Databases;
using Holdfast.Cli.Declarations;
using Holdfast.Cli.Events;
using Holdfast.Cli.Jobs;
using Holdfast.Cli.Machine;
using Holdfast.Cli.Nodes;
using Holdfast.Cli.Policies;
using Holdfast.Cli.Resources;
using Holdfast.Cli.Roles;
using Holdfast.Cli.Vaults;
using Holdfast.Cli.Volumes;
using Holdfast.Cli.Workers;

namespace Holdfast.Cli.CommandLine;

/// <summary>The command <c>holdfast</c>: its tree, and one run of it from arguments to exit code.</summary>
internal static class HoldfastCommandLine
{
    public const string Name = "holdfast";

    public static RootCommand Build()
    {
        var root = new RootCommand("Keeps services running on a cluster of Linux machines.")
        {
            DevCommand.Create(),
            AgentCommand.Create(),
            ManagementCommand.Create(),
            ConsoleCommands.Create(),
            SettingsCommands.Create(),
            ApprovalCommands.Create(),
            RehearsalCommand.Create(),
            ClusterCommands.Create(),
            NodeCommands.Create(),
            RoleCommands.Create(),
            ResourceCommands.Create(),
            JobCommands.Create(),
            SchedulerCommands.Create(),
            CalendarCommands.Create(),
            PolicyCommands.Create(),
            WorkerCommand.Create(),
            ConfigCommands.Create(),
            ApplyCommand.Create(),
            DiffCommand.Create(),
            DeleteCommand.Create(),
            WhatIfCommand.Create(),
            CanRebootCommand.Create(),
            DoctorCommand.Create(),
            RehearseCommand.Create(),
            AccessCommands.Create(),
            EventsCommand.Create(),
            AuditCommand.Create(),
            TreeBackupCommand.Create(),
            TreeRestoreCommand.Create(),
            VaultCommands.Create(),
            DatabaseCommands.Create(),
            VaultServerCommand.Create(),
            SnapshotsCommand.Create(),
            LsCommand.Create(),
            FindCommand.Create(),
            DumpCommand.Create(),
            StatsCommand.Create(),
            TagCommand.Create(),
            VolumesCommand.Create(),
            HelpCommand.Create(),
        };
        // The library's --version prints a number only; ours also says what this machine lacks.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Add(VersionReport.Option);
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.RunDirectory);
        root.SetAction(parsed =>
        {
            var run = Invocation.Current(parsed);
            if (run.Get(VersionReport.Option)) VersionReport.Write(run);
            else parsed.RootCommandResult.Command.Parse("--help").Invoke(parsed.InvocationConfiguration);
            return (int)ExitCode.Ok;
        });
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show help and examples.";
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    public static async Task<int> RunAsync(string[] arguments, Surroundings surroundings)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(surroundings.Interrupted);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

        var parsed = Build().Parse(arguments);
        using var run = Invocation.Begin(parsed, surroundings);
        try
        {
            // Help asked for anywhere wins over whatever else is wrong with the line.
            if (parsed.Action is not HelpWithExamples && UsageErrors.Of(parsed) is { } usage) throw usage;

            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = surroundings.Out,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Signals are ours: the agent must stop in its own time.
            }, interrupted.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (OutputClosedException)
        {
            return (int)ExitCode.OutputClosed; // As others end by SIGPIPE: 'holdfast ls latest | head' is no error.
        }
        catch (Exception exception)
        {
            ErrorReport.Write(exception, surroundings.Error, WantsJson(parsed, arguments));
            return (int)ExitCodes.Of(exception);
        }

        void OnSignal(PosixSignalContext signal)
        {
            // Who presses Ctrl-C again does not want to wait for what is being cleaned up: a server that does not answer, a disk that hangs.
            signal.Cancel = !(signal.Signal == PosixSignal.SIGINT && interrupted.IsCancellationRequested);
            interrupted.Cancel();
        }
    }

    // A line that does not parse may hide its --json from the parser; whoever wrote it still wants JSON.
    private static bool WantsJson(ParseResult parsed, string[] arguments) => parsed.Errors.Count > 0 ? arguments.Contains("--json") : parsed.GetValue(GlobalOptions.Json);
}
