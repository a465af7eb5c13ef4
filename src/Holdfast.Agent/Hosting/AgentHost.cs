using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Access;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doctor;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Events;
using Holdfast.Agent.Membership;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Recovery;
using Holdfast.Agent.Tracing;
using Holdfast.Agent.Upgrades;
using Holdfast.Cluster;
using Holdfast.Leash.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Hosting;

/// <summary>The agent as a process, from when it has control: its local socket from the start, and everything else once the machine belongs to a cluster.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);
    private readonly AgentOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly SemaphoreSlim _membership = new(1, 1);
    private readonly TaskCompletionSource<NodeRuntime> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time = TimeProvider.System;

    private ILeash? _control;
    private CancellationTokenSource? _ending;

    private AgentHost(AgentOptions options, ILoggerFactory loggers)
    {
        (_options, _loggers) = (options, loggers);
        Journal = new EventJournal(Path.Combine(options.StateDirectory, "events.jsonl"), NodeClock.Instance, _time, loggers.CreateLogger<EventJournal>());
    }

    private ILeash Leash => _control ?? throw new InvalidOperationException("This agent has no control.");

    /// <summary>Gets what this machine runs; null before it belongs to a cluster.</summary>
    internal NodeRuntime? Runtime { get; private set; }

    /// <summary>Gets the journal.</summary>
    internal EventJournal Journal { get; }

    /// <summary>Runs the agent until cancelled: first in waiting, when another one controls.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="HoldfastException">It cannot start: the leash does not answer, or the state is damaged.</exception>
    public static async Task<int> RunAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(options.StateDirectory, "log"));
        Directory.CreateDirectory(options.RunDirectory);
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior, console.TimestampFormat) = (true, Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled, "HH:mm:ss.fff ")));
        await using var host = new AgentHost(options, loggers);
        var (leash, followed) = await new StandbyAgent(options, TimeProvider.System, host.RehearseAsync).WaitForControlAsync(cancellationToken);
        return await host.ServeAsync(leash, followed, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Runtime is { } runtime) await runtime.DisposeAsync();
        await Journal.DisposeAsync();
        if (_control is not null) await _control.DisposeAsync(); // Last: soon after that the leash takes this process for lost.
        _membership.Dispose();
    }

    /// <summary>What runs here.</summary>
    /// <exception cref="HoldfastException">Codes <c>node.unconfigured</c>, <c>node.left-behind</c>, <c>node.suspended</c>, <c>format.too-new</c>.</exception>
    internal NodeRuntime RequireRuntime() => Runtime is { Suspended: { } why } ? throw new HoldfastException(ErrorKind.Unavailable, "node.suspended", $"Node {Runtime.Node} takes nothing on now: {why}.", "Try again in a while.")
        : Runtime is { LeftBehind: { } left }
        ? throw new HoldfastException(ErrorKind.Conflict, "node.left-behind", left, "Clear this machine's state folder and join it again: 'holdfast cluster token' on a node of the cluster, then 'holdfast node join' here.")
        : Runtime is { Feed.Outgrown: { } outgrown } ? throw new HoldfastException(outgrown.Kind, outgrown.Code, outgrown.Message, outgrown.Hint)
        : Runtime ?? throw new HoldfastException(ErrorKind.Conflict, "node.unconfigured", "This machine does not belong to a cluster yet.", "Make one with 'holdfast cluster create', or join one with 'holdfast node join'.");

    /// <summary>Gets what looks at this node and its cluster.</summary>
    /// <exception cref="HoldfastException">Code <c>node.unconfigured</c>.</exception>
    internal Examination Examination => new(RequireRuntime(), Version, _options.StateDirectory, _time);

    private static string Version => InstalledBuild.Own;

    /// <summary>Who this machine is.</summary>
    internal AgentInfo Describe()
    {
        if (Runtime is not { } runtime) return new AgentInfo(Version, null, null, "unconfigured", "This machine does not belong to a cluster yet.");
        if (runtime.LeftBehind is { } left) return new AgentInfo(Version, runtime.Node.Value, runtime.Identity.ClusterName, "left-behind", left);
        if (runtime.Feed.Outgrown is { } outgrown) return new AgentInfo(Version, runtime.Node.Value, runtime.Identity.ClusterName, "outdated", outgrown.Message);
        var (state, reason) = runtime is { MemberWaits: { } waits, Feed.Trouble: not null } ? ("no-quorum", waits)
            : runtime.Feed.Trouble is { } trouble ? ("no-quorum", trouble)
            : runtime.Keeper.Holds ? ("member", $"incarnation {runtime.Keeper.Standing.Incarnation}") : ("fenced", runtime.Keeper.Standing.Reason);
        return new AgentInfo(Version, runtime.Node.Value, runtime.Identity.ClusterName, state, reason);
    }

    /// <summary>Founds a cluster here.</summary>
    internal Task<string> FoundAsync(CreateClusterRequest request, Func<string, Task> tell, CancellationToken cancellationToken) => BecomeAsync(
        async () => await new ClusterFounding(_options, Leash, Journal, _time).FoundAsync(request, tell, cancellationToken),
        node => $"Cluster {node.ClusterName} is up with its first node {node.Node}.", cancellationToken);

    /// <summary>Joins a cluster.</summary>
    internal Task<string> JoinAsync(JoinRequest request, Func<string, Task> tell, CancellationToken cancellationToken) => BecomeAsync(
        async () => await new NodeJoining(_options, Leash, Journal, _time).JoinAsync(request, tell, cancellationToken),
        node => $"Node {node.Node} is part of cluster {node.ClusterName}.", cancellationToken);

    private async Task<string> BecomeAsync(Func<Task<NodeIdentity>> become, Func<NodeIdentity, string> say, CancellationToken cancellationToken)
    {
        await _membership.WaitAsync(cancellationToken);
        try
        {
            if (Runtime is { } already)
                throw new HoldfastException(ErrorKind.Conflict, "node.configured", $"This machine already is node {already.Node} of cluster {already.Identity.ClusterName}.", "Evict it there and clear its state folder before it joins another.");
            var identity = await become();
            Begin(new StoreFollower(identity, _options));
            await _listening.Task.WaitAsync(ReadyLimit, _time, cancellationToken); // Others may be told to join at once.
            using var limit = new CancellationTokenSource(ReadyLimit, _time);
            while (!Runtime!.Keeper.Holds && !limit.IsCancellationRequested) await Task.Delay(TimeSpan.FromMilliseconds(10), _time, cancellationToken);
            return say(identity);
        }
        finally
        {
            _membership.Release();
        }
    }

    /// <summary>Makes the cluster go on without the voters that it lost; then this agent ends, and the next one finds the new store.</summary>
    /// <param name="endAfter">Called when this agent has to end once the answer is out.</param>
    internal Task<string> RecoverAsync(Func<string, Task> tell, Action endAfter, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        var result = await new ClusterRecovery(RequireRuntime(), _options, Leash, Journal, NodeClock.Instance, _time).RecoverAsync(tell, cancellationToken);
        endAfter();
        return result;
    }, cancellationToken);

    /// <summary>Moves a cluster of one machine to a store that others can share; then this agent ends, and the next one finds the new store, or the old one.</summary>
    internal Task<string> MoveStoreAsync(MoveStoreRequest request, Func<string, Task> tell, Action endAfter, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        var move = new StoreMove(RequireRuntime(), _options, Leash, Journal, NodeClock.Instance, _time);
        move.Require(request);
        endAfter();
        return await move.MoveAsync(request, tell, cancellationToken);
    }, cancellationToken);

    private async Task<string> AloneAsync(Func<Task<string>> act, CancellationToken cancellationToken)
    {
        await _membership.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        catch (LeashRefusedException refused)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "store.not-started", $"etcd was not started: {refused.Message}", "Install the package etcd-server and disable its own service; etcd's log is STATE/log/etcd.log.", refused);
        }
        finally
        {
            _membership.Release();
        }
    }

    /// <summary>Ends this agent, once whoever asked has their answer: what it is made of was changed, and the leash starts the next one.</summary>
    internal void End() => _ending?.Cancel();

    private void Begin(StoreFollower follower)
    {
        Runtime = new NodeRuntime(follower, _options, Leash, Journal, _loggers);
        _started.TrySetResult(Runtime);
    }

    private async Task<int> ServeAsync(ILeash leash, StoreFollower? followed, CancellationToken cancellationToken)
    {
        _control = leash;
        using var ending = _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The lease first: after a restart of the agent there is only the rest of one lease to take it up again, and the roles
        // that run meanwhile depend on it. Whoever wants to talk to this node can wait a little longer.
        if (followed is not null) Begin(followed);
        else if (NodeIdentity.Load(_options.StateDirectory) is { } identity) Begin(new StoreFollower(identity, _options));
        var running = RunNodeAsync(ending.Token);
        var events = DispatchAsync(ending);
        try
        {
            Journal.Load();
            await using var local = await StartLocalAsync(_options.AgentSocket, ending.Token);
            var runtime = await _started.Task.WaitAsync(ending.Token);
            await using var remote = runtime.Keys is null ? null : BuildRemote(runtime);
            if (remote is not null) await remote.StartAsync(ending.Token);
            _listening.TrySetResult();
            var door = new Door(runtime, _options, Builder, _time, Journal).RunAsync(ending.Token);
            await running;
            await door;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }

        await ending.CancelAsync();
        await events;
        return 0;
    }

    private async Task RunNodeAsync(CancellationToken cancellationToken)
    {
        var runtime = await _started.Task.WaitAsync(cancellationToken);
        await Task.Yield();
        await runtime.RunAsync(cancellationToken);
    }

    private async Task DispatchAsync(CancellationTokenSource ending)
    {
        try
        {
            await foreach (var happened in Leash.Events.ReadAllAsync(ending.Token))
            {
                if (happened is LeashEvent.Disconnected) break;
                Runtime?.On(happened);
            }

            await ending.CancelAsync(); // Without its leash an agent can do nothing; the leash starts the next one.
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Answers once on a socket that nobody knows, so that what it takes to answer is compiled before anybody waits for it.</summary>
    private async Task RehearseAsync(CancellationToken cancellationToken)
    {
        var socket = Path.Combine(_options.RunDirectory, "standby.sock");
        try
        {
            await using var local = await StartLocalAsync(socket, cancellationToken);
            using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, stop) => ConnectAsync(socket, stop) });
            await http.GetStringAsync(new Uri("http://rehearsal/v1/agent"), cancellationToken);
        }
        finally
        {
            File.Delete(socket);
        }

        static async ValueTask<Stream> ConnectAsync(string socket, CancellationToken stop)
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
            return new NetworkStream(connection, ownsSocket: true);
        }
    }

    private async Task<WebApplication> StartLocalAsync(string socket, CancellationToken cancellationToken)
    {
        File.Delete(socket);
        var builder = Builder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.Use(Spans().ServeAsync);
        app.Use(new Gate(this, _time).LocalAsync);
        new MachineEndpoints(this).Map(app);
        new JournalEndpoint(this).Map(app);
        new ClusterEndpoints(this).Map(app);
        new AnswerEndpoints(this).Map(app);
        new UpgradeEndpoints(this, _time).Map(app);
        new AccessEndpoints(this).Map(app);
        new JobEndpoints(this, _time).Map(app);
        new ManagementEndpoints(this, _options, _time).Map(app);
        await app.StartAsync(cancellationToken);
        Open(socket);
        return app;
    }

    /// <summary>
    /// Anybody on the machine may ask, and is answered by who the kernel says they are (<see cref="Gate"/>). Of the folder they see nothing else:
    /// they cannot list it, and the leash's socket stays closed. In development it is its user's alone.
    /// </summary>
    private void Open(string socket)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode Everybody = Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(socket, _options.Development ? Owner : Everybody);
        if (!_options.Development) File.SetUnixFileMode(_options.RunDirectory, Owner | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    private WebApplication BuildRemote(NodeRuntime runtime)
    {
        var builder = Builder();
        var gate = new Gate(this, _time);
        var keys = runtime.Keys!;
        var trust = PeerClient.Policy(keys.LoadAuthority());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(runtime.Identity.Address), runtime.Identity.ApiPort, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = keys.CurrentCertificate(), // Each time: it may have been renewed.
                ClientCertificateRequired = true,
                // A joining node has no certificate yet; what it may ask is decided below. A certificate of another authority is refused here.
                // One that access was granted to is known by its fingerprint, whoever signed it.
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is null || IsOurs(shown, trust) || gate.IsKnown(shown),
            }),
        })));
        var app = builder.Build();
        app.Use(Spans().ServeAsync);
        app.Use(gate.RemoteAsync);
        new PeerEndpoints(this).Map(app);
        new JournalEndpoint(this).Map(app);
        new ClusterEndpoints(this).Map(app);
        new AnswerEndpoints(this).Map(app);
        var upgrade = new UpgradeEndpoints(this, _time);
        upgrade.Map(app);
        upgrade.MapBetweenNodes(app);
        var jobs = new JobEndpoints(this, _time);
        jobs.Map(app);
        jobs.MapPeer(app);
        new AccessEndpoints(this).Map(app);
        new ManagementEndpoints(this, _options, _time).MapPeer(app);
        return app;
    }

    private RequestSpans Spans() => new("agent", () => Runtime?.Node.Value);

    private WebApplicationBuilder Builder()
    {
        // Empty: the other builders watch their folder for settings, and everything below it. A service's folder is /.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddSingleton(_loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => (kestrel.AddServerHeader, kestrel.Limits.MaxRequestBodySize) = (false, 4 << 20));
        return builder;
    }

    private static bool IsOurs(X509Certificate shown, X509ChainPolicy trust)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = trust.Clone();
        return chain.Build(new X509Certificate2(shown));
    }
}
