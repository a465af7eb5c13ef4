using System.Reflection;
using Holdfast.Leash.Native;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash;

/// <summary>The guard process <c>holdfast-leash</c>.</summary>
internal static class Program
{
    /// <summary>Makes the leash ignore its deadline, to prove that a measurement sees two owners. Never for production.</summary>
    public const string FaultVariable = "HOLDFAST_LEASH_FAULT";

    private const string Usage = """
        holdfast-leash: ends everything that belongs to a role when the node's lease is over.

        Usage: holdfast-leash [options] [-- AGENT ARGUMENT...]   run; start the agent and keep it running
               holdfast-leash --sweep [options]                  end what a leash left behind (systemd ExecStopPost)

          --run DIR            run folder [HOLDFAST_RUN, /run/holdfast]
          --state DIR          state folder [HOLDFAST_STATE, /var/lib/holdfast]
          --kill-time MS       K: everything is gone this long after the deadline [120]
          --stop-time SECONDS  how long the agent may hand over its roles at the end [30]
          --reset-when-stuck   reset the machine when something outlives the deadline by K
          --watchdog DEVICE    feed this watchdog; needs a kill time above 1050 ms
          --no-standby-agent   do not keep a second agent waiting: less memory, but when the agent is killed its lease may run out
          --unprivileged       run without root: no addresses, no mounts, no other accounts, no standby agent
          --version, --help

        Exit codes: 0 ended clean, 1 could not start or could not end everything, 2 wrong usage.
        """;

    public static int Main(string[] arguments)
    {
        try
        {
            return Run(arguments);
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine($"error: {wrong.Message} See holdfast-leash --help. [leash.usage]");
            return 2;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {failed.Message} [leash.start]");
            return 1;
        }
    }

    private static int Run(string[] arguments)
    {
        var sweep = false;
        var settings = new LeashSettings
        {
            RunDirectory = Environment.GetEnvironmentVariable("HOLDFAST_RUN") ?? "/run/holdfast",
            StateDirectory = Environment.GetEnvironmentVariable("HOLDFAST_STATE") ?? "/var/lib/holdfast",
            IgnoreDeadline = Environment.GetEnvironmentVariable(FaultVariable) == "ignore-deadline",
        };
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--help": Console.Out.WriteLine(Usage); return 0;
                case "--version": Console.Out.WriteLine($"holdfast-leash {typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}"); return 0;
                case "--sweep": sweep = true; break;
                case "--run": settings = settings with { RunDirectory = Value() }; break;
                case "--state": settings = settings with { StateDirectory = Value() }; break;
                case "--kill-time": settings = settings with { KillTime = TimeSpan.FromMilliseconds(Number(1, 600_000)) }; break;
                case "--stop-time": settings = settings with { StopTime = TimeSpan.FromSeconds(Number(0, 86_400)) }; break;
                case "--reset-when-stuck": settings = settings with { ResetWhenStuck = true }; break;
                case "--watchdog": settings = settings with { WatchdogDevice = Value() }; break;
                case "--no-standby-agent": settings = settings with { NoStandbyAgent = true }; break;
                case "--unprivileged": settings = settings with { Unprivileged = true }; break;
                case "--": settings = settings with { Agent = arguments[(i + 1)..] }; i = arguments.Length; break;
                default: throw new UsageException($"{arguments[i]} is not an option.");
            }

            string Value() => ++i < arguments.Length ? arguments[i] : throw new UsageException($"{arguments[i - 1]} needs a value.");

            int Number(int least, int most)
            {
                var option = arguments[i];
                return int.TryParse(Value(), out var number) && number >= least && number <= most ? number : throw new UsageException($"{option} is a number from {least} to {most}.");
            }
        }

        settings = settings with { RunDirectory = Path.GetFullPath(settings.RunDirectory), StateDirectory = Path.GetFullPath(settings.StateDirectory) };
        return sweep ? Sweep(settings) : Guard(settings);
    }

    private static int Sweep(LeashSettings settings)
    {
        var left = Leftovers.Sweep(settings.RunDirectory, infrastructure: true, TimeSpan.FromSeconds(30));
        foreach (var thing in left) Console.Error.WriteLine($"error: {thing} could not be ended. [leash.not-clean]");
        if (left.Length == 0 && Directory.Exists(settings.RunDirectory)) RevokeList.Write(settings.RunDirectory, []);
        return left.Length == 0 ? 0 : 1;
    }

    private static int Guard(LeashSettings settings)
    {
        if (!OperatingSystem.IsLinux()) throw new IOException("The leash runs on Linux only.");
        if (Libc.geteuid() != 0 && !settings.Unprivileged) throw new IOException("The leash needs root to start roles as their accounts, to add addresses and to mount. Run it as root, or with --unprivileged for development.");
        foreach (var missing in Requirements.Missing()) throw new IOException(missing);
        Directory.CreateDirectory(settings.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(settings.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Spawn.KeepInheritedDescriptors();
        if (settings.IgnoreDeadline) Log.Write("FAULT", $"{FaultVariable}=ignore-deadline: this leash DOES NOT END ANYTHING at its deadline and lies about it. Roles WILL run twice.");
        return new LeashHost(settings).Run(Requirements.Probe(settings.Unprivileged));
    }

    private sealed class UsageException(string message) : Exception(message);
}
