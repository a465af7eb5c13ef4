using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Leases;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Events;

/// <summary>
/// What this node saw and did: the last events in memory, all of them in a file that is cut at a bound. History for good goes
/// to the repository database, which this is not (DESIGN section 5).
/// </summary>
internal sealed partial class EventJournal : IAsyncDisposable
{
    private const int Remembered = 2000;
    private const long FileLimit = 8L << 20;
    private readonly Lock _gate = new();
    private readonly Queue<ClusterEvent> _events = new();
    private readonly string? _path;
    private readonly INodeClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<EventJournal> _logger;
    private readonly Channel<ClusterEvent> _toFile = Channel.CreateBounded<ClusterEvent>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Task _writer;
    private ImmutableArray<Channel<ClusterEvent>> _followers = [];
    private bool _cut;

    /// <param name="path">The file; null keeps what happens in memory only.</param>
    public EventJournal(string? path, INodeClock clock, TimeProvider time, ILogger<EventJournal> logger)
    {
        (_path, _clock, _time, _logger) = (path, clock, time, logger);
        _writer = path is null ? Task.CompletedTask : WriteAsync(path);
    }

    /// <summary>Gets or sets the name of this node, once it has one.</summary>
    public string Node { get; set; } = "";

    /// <summary>Records an event.</summary>
    public void Add(string kind, string message, string? role = null, string? resource = null, string? epoch = null, string? because = null)
    {
        var item = new ClusterEvent(_time.GetUtcNow(), Math.Round(_clock.Now.Boot.TotalMilliseconds, 3), Node, kind, role, resource, epoch, message, because);
        lock (_gate)
        {
            _events.Enqueue(item);
            if (_events.Count > Remembered) _events.Dequeue();
            foreach (var follower in _followers) follower.Writer.TryWrite(item);
        }

        if (_path is not null) _toFile.Writer.TryWrite(item);
        Log.Event(_logger, kind, message);
    }

    /// <summary>The last events, oldest first.</summary>
    public IReadOnlyList<ClusterEvent> Last(int limit)
    {
        lock (_gate) return [.. _events.Skip(Math.Max(0, _events.Count - limit))];
    }

    /// <summary>Events from now on, until cancelled.</summary>
    public async IAsyncEnumerable<ClusterEvent> FollowAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var follower = Channel.CreateBounded<ClusterEvent>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate) _followers = _followers.Add(follower);
        try
        {
            await foreach (var item in follower.Reader.ReadAllAsync(cancellationToken)) yield return item;
        }
        finally
        {
            lock (_gate) _followers = _followers.Remove(follower);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _toFile.Writer.TryComplete();
        await _writer;
    }

    /// <summary>Reads what earlier agents wrote, in front of what was added since this one started.</summary>
    public void Load()
    {
        if (_path is null || !File.Exists(_path)) return;
        List<ClusterEvent> earlier = [];
        _cut = EndsInsideALine(_path);
        foreach (var line in File.ReadLines(_path).TakeLast(Remembered))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, ApiJson.Default.ClusterEvent) is { } item) earlier.Add(item);
            }
            catch (JsonException)
            {
                // The last line of a node that lost power may be cut.
            }
        }

        lock (_gate)
        {
            var known = _events.ToHashSet(); // What was added meanwhile may already have reached the file.
            ClusterEvent[] added = [.. _events];
            _events.Clear();
            foreach (var item in earlier.Where(item => !known.Contains(item)).Concat(added).TakeLast(Remembered)) _events.Enqueue(item);
        }
    }

    private static bool EndsInsideALine(string path)
    {
        using var file = File.OpenRead(path);
        return file.Length > 0 && file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() != '\n';
    }

    private async Task WriteAsync(string path)
    {
        await foreach (var item in _toFile.Reader.ReadAllAsync())
        {
            try
            {
                if (File.Exists(path) && new FileInfo(path).Length > FileLimit) File.Move(path, path + ".1", overwrite: true);
                await File.AppendAllTextAsync(path, (_cut ? "\n" : "") + JsonSerializer.Serialize(item, ApiJson.Default.ClusterEvent) + "\n"); // A cut line must not swallow the next.
                _cut = false;
            }
            catch (IOException exception)
            {
                Log.NotWritten(_logger, path, exception.Message);
            }
        }
    }

    private static partial class Log // Event ids 2000-2099: the journal.
    {
        [LoggerMessage(2000, LogLevel.Information, "{Kind}: {Message}")]
        public static partial void Event(ILogger logger, string kind, string message);

        [LoggerMessage(2001, LogLevel.Warning, "The event journal {Path} cannot be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}
