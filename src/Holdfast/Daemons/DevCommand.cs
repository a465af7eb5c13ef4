using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cli.Client;
using Holdfast.Cli.Consoles;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Events;
using Holdfast.Cli.Machine;
using Holdfast.Cli.Output;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Leases;

namespace Holdfast.Cli.Daemons;

/// <summary><c>holdfast dev</c>: a cluster of one on this machine, for the time of the command. No root, no other software.</summary>
internal static class DevCommand
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Verb Create()
    {
        var state = Arguments.Text("--state", "Where it keeps its state. The default is ~/.local/state/holdfast-dev.", "DIR");
        var listen = new Option<string>("--listen") { Description = "Where the console and the API are: an address of this machine alone, or none.", HelpName = "ADDRESS", DefaultValueFactory = _ => DoorAddress.Local };
        return new Verb("dev", "Try it out: one node, no root, nothing to set up. Ctrl-C ends it.", "holdfast dev", "holdfast dev --state ./try --listen 127.0.0.1:8400") { state, listen }
            .Does(async (run, cancellationToken) =>
            {
                Prerequisites.Require(development: true, run.Surroundings.Environment);
                var socket = SocketOf(run, run.Get(state));
                using var api = new NodeApiClient(socket, run.Surroundings.Time);
                if (await AnswersAsync(api, cancellationToken)) throw new HoldfastException(ErrorKind.Conflict, "dev.running", $"An agent already answers on {socket.Path}.", "Use it, end it, or choose another folder with --state.");

                RequireFree(run.Get(listen));
                Directory.CreateDirectory(socket.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                await using var leash = LeashProcess.StartUnprivileged(socket.RunDirectory, ListenOf(run.Get(listen)), run.Surroundings.Time);
                try
                {
                    await ServeAsync(run, api, socket, leash, run.Get(listen), cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // Ctrl-C is how this command ends: that is success, once everything it started is gone.
                }
                run.Report.Line();
                run.Report.Line("Stopping…");
                await leash.StopAsync();
            });
    }

    private static string ListenOf(string text) => text == AgentOptions.NotListening || (IPEndPoint.TryParse(text, out var place) && place.Port != 0 && IPAddress.IsLoopback(place.Address)) ? text
        : throw new UsageException("listen-invalid", $"--listen '{text}' is not an address of this machine alone, with a port.", $"Write {DoorAddress.Local}, [::1]:{DoorAddress.DefaultPort} or none: without a certificate nothing else is spoken to.");

    private static void RequireFree(string listen)
    {
        if (!IPEndPoint.TryParse(listen, out var place)) return;
        try
        {
            using var probe = new TcpListener(place);
            probe.Start();
        }
        catch (SocketException taken)
        {
            throw new HoldfastException(ErrorKind.Conflict, "dev.port-taken", $"{listen}, where the console would be, cannot be listened on: {taken.Message}.", "Choose another address with --listen, or 'none'.", taken);
        }
    }

    private static AgentSocket SocketOf(Invocation run, string? state) => AgentSocket.Checked(
        state is not null ? new AgentSocket(Path.GetFullPath(state))
        : AgentSocket.OfDev(run.Surroundings.Environment) ?? throw new UsageException("state-missing", "There is no home folder to keep state in.", "Name a folder with --state."));

    private static async Task ServeAsync(Invocation run, NodeApiClient api, AgentSocket socket, LeashProcess leash, string listen, CancellationToken cancellationToken)
    {
        var report = run.Report;
        var agent = await WhenAsync(run, api, leash, _ => true, cancellationToken);
        if (agent.Cluster is null)
        {
            // Nobody else could take over: short leases would only end its roles when the machine stands still for a moment.
            var request = new CreateClusterRequest("dev", Arguments.HostName(), "127.0.0.1", TimingProfile.Wan.Name, SingleNode: true, Management: listen != AgentOptions.NotListening);
            await ProgressView.FollowAsync(report, "Creating a cluster of one…", api.CreateClusterAsync(request, cancellationToken), cancellationToken);
        }
        agent = await WhenAsync(run, api, leash, info => info.State == "member", cancellationToken);

        var option = run.Get(GlobalOptions.RunDirectory) is null && AgentSocket.Find(null, run.Surroundings.Environment) == socket ? "" : $" --run-dir {socket.RunDirectory}";
        report.Line($"Cluster {agent.Cluster} runs on node {agent.Node}; its state is in {socket.RunDirectory}. Ctrl-C ends it.");
        report.Line();
        if (listen != AgentOptions.NotListening)
        {
            var account = new ConsoleAccount(api, run.Surroundings.Time);
            var password = await account.IsEmptyAsync(cancellationToken) ? await account.OneTimePasswordAsync("admin", AccessLevel.Admin, cancellationToken) : null;
            report.Line($"The console is at http://{listen}{(password is null ? "" : $"; sign in as admin with {password}, which serves once")}.");
            report.Line();
        }
        report.Line("Try, in another terminal:");
        report.Line($"  holdfast{option} role create tick --process 'sleep infinity' --user {run.Surroundings.Environment("USER") ?? "root"} --wait");
        report.Line($"  holdfast{option} role list");
        report.Line($"  holdfast{option} role explain tick");
        report.Line($"  holdfast{option} cluster watch");
        report.Line();

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = EventsCommand.FollowAsync(report, api, new EventQuery(0, null, null), either.Token);
        if (await Task.WhenAny(events, leash.Exited) == leash.Exited)
        {
            await either.CancelAsync();
            throw leash.Failure();
        }
        await events;
    }

    /// <summary>Waits for the agent to say something that counts; an end of the leash ends the wait.</summary>
    private static async Task<AgentInfo> WhenAsync(Invocation run, NodeApiClient api, LeashProcess leash, Func<AgentInfo, bool> counts, CancellationToken cancellationToken)
    {
        var time = run.Surroundings.Time;
        var started = time.GetTimestamp();
        var last = "it does not answer";
        while (time.GetElapsedTime(started) < ReadyLimit)
        {
            if (leash.Exited.IsCompleted) throw leash.Failure();
            try
            {
                var info = await api.AgentAsync(cancellationToken);
                if (counts(info)) return info;
                last = $"it says '{info.State}: {info.Reason}'";
            }
            catch (HoldfastException notYet) when (notYet.Kind == ErrorKind.Unavailable)
            {
                last = notYet.Message;
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
        throw new WaitTimeoutException($"The agent was not ready after {Durations.Format(ReadyLimit)}: {last}.", $"Its log is {leash.LogPath}.");
    }

    private static async Task<bool> AnswersAsync(NodeApiClient api, CancellationToken cancellationToken)
    {
        try
        {
            await api.AgentAsync(cancellationToken);
            return true;
        }
        catch (HoldfastException nobody) when (nobody.Kind == ErrorKind.Unavailable)
        {
            return false;
        }
    }
}
