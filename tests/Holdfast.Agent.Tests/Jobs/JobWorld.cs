using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Tests.Resources;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Memory;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Agent.Tests.Jobs;

/// <summary>One node with a desk over a store in memory. Workers are the test's: it reads what they are told and writes what they say.</summary>
internal sealed class JobWorld : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly MemoryClusterStore _store = new();
    private readonly Task _following;
    private int _processes = 4710;

    public JobWorld()
    {
        Folder = Directory.CreateTempSubdirectory("holdfast-jobs-").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "log"));
        Journal = new EventJournal(null, NodeClock.Instance, TimeProvider.System, NullLogger<EventJournal>.Instance);
        Registry = new ClusterRegistry(_store);
        Feed = new ClusterFeed(_store, NodeClock.Instance, TimeProvider.System);
        _following = Feed.RunAsync(_over.Token);
        Files = new JobFiles(Folder, Folder);
        Leash = new WorkerLeash(request => Starts.Writer.TryWrite(request), () => ++_processes);
        Desk = NewDesk();
    }

    public string Folder { get; }

    public ClusterRegistry Registry { get; }

    public ClusterFeed Feed { get; }

    public JobFiles Files { get; }

    public EventJournal Journal { get; }

    public WorkerLeash Leash { get; }

    public JobDesk Desk { get; private set; }

    public Channel<StartRequest> Starts { get; } = Channel.CreateUnbounded<StartRequest>();

    public RoleSpec Role { get; set; } = Declared("{ kind: Job, name: nightly, run: command, command: [/bin/true], user: root, retries: { transient: 1, back-off: 1s } }");

    public JobRegistry Jobs => new(Registry);

    public static RoleSpec Declared(string yaml)
    {
        var result = DeclarationReader.Read(yaml, "job.yaml", null);
        result.ThrowIfInvalid();
        return result.Roles.Single();
    }

    /// <summary>Another agent of the same node: it knows nothing but what is on disk and in the store.</summary>
    public void Restart()
    {
        Desk.OnExpired();
        Desk = NewDesk();
    }

    public Task PlaceAsync(string node, long epoch) => CommitAsync(
        (RegistryKeys.Role(Role.Name), RegistryJson.Encode(Role, RegistryJson.Default.RoleSpec)),
        (RegistryKeys.Placement(Role.Name), RegistryJson.Encode(Placement.Unplaced(Role.Name) with { Phase = PlacementPhase.Assigned, Epoch = new Epoch(1, epoch), Owner = new NodeName(node), OwnerIncarnation = 1 }, RegistryJson.Default.Placement)));

    public Task SetNodeAsync(NodeSettings settings, string node = "a") => CommitAsync((RegistryKeys.Node(new NodeName(node)), RegistryJson.Encode(
        new NodeRecord { Name = new NodeName(node), Kind = NodeKind.Member, Voter = true, Address = "10.0.0.1", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "f", Settings = settings }, RegistryJson.Default.NodeRecord)));

    public ResourceContext Context(long epoch, string node = "a") => TestRole.Context(Role, Leash, epoch, node) with { Warrant = new Warrant(Role.Name.Value, 1, new RoleEpoch(1, epoch)), Jobs = Desk, LogDirectory = Path.Combine(Folder, "log") };

    public Task TakeUpAsync(long epoch, HeldUnit? held = null) => Desk.TakeUpAsync(Context(epoch), held, CancellationToken.None);

    public Task AskAsync(string run) => Jobs.WantAsync(Role.Name, ledger => ledger.Ask(run), TimeProvider.System.GetUtcNow(), CancellationToken.None);

    /// <summary>The next worker that was started, with what it was told.</summary>
    public async Task<(StartRequest Start, WorkerAssignment Assignment)> WorkerAsync()
    {
        var start = await Starts.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        return (start, JsonSerializer.Deserialize(await ReadAsync(start), WorkerJson.Default.WorkerAssignment)!);
    }

    /// <summary>The next line on a worker's standard input.</summary>
    public async Task<string> ReadAsync(StartRequest start)
    {
        await using var pipe = new FileStream(start.Command[3], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return await Task.Run(() =>
        {
            var line = new StringBuilder();
            for (int read; (read = pipe.ReadByte()) is not ('\n' or -1);) line.Append((char)read);
            return line.ToString();
        }).WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Whether this process has a file open.</summary>
    public static bool IsOpen(string path) => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Any(descriptor => descriptor.LinkTarget == path);

    public static void Say(StartRequest start, params WorkerMessage[] messages) =>
        File.AppendAllText(start.LogFile!, string.Concat(messages.Select(message => JsonSerializer.Serialize(message, WorkerJson.Default.WorkerMessage) + "\n")));

    public static WorkerMessage.Checkpoint At(int number) => new(JsonDocument.Parse($"{number}").RootElement);

    public void Exit(int code) => Desk.OnExit(new LeashEvent.UnitExited("nightly/job", new RoleEpoch(1, 1), _processes, code));

    /// <summary>Waits until the ledger is so.</summary>
    public async Task<JobLedger> LedgerAsync(Func<JobLedger, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var state = Feed.Current;
            if (state is not null && state.View.Ledgers.TryGetValue(Role.Name, out var ledger) && wanted(ledger.Value)) return ledger.Value;
            await Feed.WaitForChangeAsync(state, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Desk.OnExpired();
        await _over.CancelAsync();
        await _following;
        await Journal.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private JobDesk NewDesk() => new(new JobDeskContext(Jobs, Feed, Leash, new JobSpool(Files.Spool, Jobs, Journal, TimeProvider.System), Files, Path.Combine(Folder, "log"), "/usr/bin/holdfast", Journal, TimeProvider.System));

    private async Task CommitAsync(params (string Key, ReadOnlyMemory<byte> Value)[] writes)
    {
        Assert.IsType<CommitOutcome.Committed>(await _store.CommitAsync(new([], [.. writes.Select(write => new StoreWrite(write.Key, write.Value))]), CancellationToken.None));
        await Feed.RefreshAsync(CancellationToken.None);
    }
}
