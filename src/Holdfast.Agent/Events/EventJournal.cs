using System.Collections.Immutable;
using System.Threading.Channels;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Events;

/// <summary>
/// What this node saw and did: the last events in memory, all of them numbered in files that are cut at a bound. History for good is the repository database's, whose
/// collector asks for what follows the number it has (docs/design/management.md).
/// </summary>
/// <remarks>
/// Whoever records never waits for the disk, and numbers are given in the order of recording. What could not be written has a number that is missing, so that the collector can
/// tell how much is.
/// </remarks>
internal sealed partial class EventJournal : IAsyncDisposable
{
    private const int Remembered = 2000;
    private const int MostWaiting = 1 << 16;
    private const int MostAtOnce = 1000;
    private readonly Lock _gate = new();
    private readonly Queue<(long Sequence, ClusterEvent Event)> _events = new();
    private readonly JournalFile? _file;
    private readonly SemaphoreSlim _disk = new(1, 1);
    private readonly INodeClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<EventJournal> _logger;
    private readonly Channel<(long Sequence, ClusterEvent Event)> _toFile = Channel.CreateBounded<(long, ClusterEvent)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Task _writer;
    private ImmutableArray<Channel<ClusterEvent>> _followers = [];
    private JournalPosition? _before; // Where the file ended before this process added to it.
    private long _added;
    private long _written;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="path">The file; null keeps what happens in memory only.</param>
    public EventJournal(string? path, INodeClock clock, TimeProvider time, ILogger<EventJournal> logger)
    {
        (_file, _clock, _time, _logger) = (path is null ? null : new JournalFile(path), clock, time, logger);
        _writer = _file is null ? Task.CompletedTask : WriteAsync(_file, path!);
    }

    /// <summary>Gets or sets the name of this node, once it has one.</summary>
    public string Node { get; set; } = "";

    /// <summary>Records an event.</summary>
    /// <param name="data">What history keeps of it beside the sentence.</param>
    public void Add(string kind, string message, string? role = null, string? resource = null, string? epoch = null, string? because = null, JournalData? data = null)
    {
        var item = new ClusterEvent(_time.GetUtcNow(), Math.Round(_clock.Now.Boot.TotalMilliseconds, 3), Node, kind, role, resource, epoch, message, because) { Data = data };
        lock (_gate)
        {
            _events.Enqueue((++_added, item));
            if (_events.Count > Remembered) _events.Dequeue();
            foreach (var follower in _followers) follower.Writer.TryWrite(item);
            if (_file is not null) _toFile.Writer.TryWrite((_added, item));
        }

        Log.Event(_logger, kind, message);
    }

    /// <summary>Waits until what was recorded before is in the file, or could not be written.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_file is null) return;
        long upTo;
        lock (_gate) upTo = _added;
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (_written >= upTo) return;
                progress = _progress.Task;
            }

            await progress.WaitAsync(cancellationToken);
        }
    }

    /// <summary>What was recorded after a position, oldest first; all that is left when the position is of another journal, or null. It survives a power cut from then on.</summary>
    /// <exception cref="HoldfastException">Code <c>journal.unreadable</c>.</exception>
    public async Task<JournalPage> ReadAsync(JournalPosition? after, int limit, CancellationToken cancellationToken)
    {
        if (_file is null) return new JournalPage(Node, new JournalPosition("none", 0), []);
        await FlushAsync(cancellationToken);
        await _disk.WaitAsync(cancellationToken);
        try
        {
            Open(_file);
            var last = _file.Last!;
            _file.Sync();
            var number = after?.Journal == last.Journal ? after.Number : 0;
            return new JournalPage(Node, last, number >= last.Number ? [] : Remember(number, last, limit) ?? _file.ReadAfter(number, limit));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "journal.unreadable", $"The journal of node {Node} cannot be read: {exception.Message}", "Look at the disk of its state folder; what it cannot read is asked for again.", exception);
        }
        finally
        {
            _disk.Release();
        }
    }

    /// <summary>The last events, oldest first.</summary>
    public IReadOnlyList<ClusterEvent> Last(int limit)
    {
        lock (_gate) return [.. _events.Skip(Math.Max(0, _events.Count - limit)).Select(item => Numbered(item.Sequence, item.Event))];
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
        _disk.Dispose();
    }

    /// <summary>Reads what earlier agents wrote, in front of what was added since this one started.</summary>
    public void Load()
    {
        if (_file is null) return;
        _disk.Wait();
        try
        {
            var before = Open(_file);
            // What was added meanwhile may already have reached the file.
            var earlier = _file.Tail(Remembered).Where(item => item.Id is not { } id || id.Journal != before.Journal || id.Number <= before.Number).ToList();
            lock (_gate)
            {
                (long, ClusterEvent)[] added = [.. _events];
                _events.Clear();
                foreach (var item in earlier.Select(item => (0L, item)).Concat(added).TakeLast(Remembered)) _events.Enqueue(item);
            }
        }
        finally
        {
            _disk.Release();
        }
    }

    private ClusterEvent Numbered(long sequence, ClusterEvent item) => sequence > 0 && _before is { } before ? item with { Id = before with { Number = before.Number + sequence } } : item;

    /// <summary>The same from memory, when that goes back far enough: a collector that keeps up never reads a file.</summary>
    private List<ClusterEvent>? Remember(long after, JournalPosition last, int limit)
    {
        lock (_gate)
        {
            var first = _events.FirstOrDefault(item => item.Sequence > 0);
            if (first.Sequence == 0 || _before!.Number + first.Sequence > after + 1) return null;
            return [.. _events.Where(item => item.Sequence > 0).Select(item => Numbered(item.Sequence, item.Event)).Where(item => item.Id!.Number > after && item.Id.Number <= last.Number).Take(limit)];
        }
    }

    private JournalPosition Open(JournalFile file)
    {
        var last = file.Open();
        lock (_gate) return _before ??= last;
    }

    private async Task WriteAsync(JournalFile file, string path)
    {
        List<(long Sequence, ClusterEvent Event)> batch = [];
        while (await _toFile.Reader.WaitToReadAsync())
        {
            batch.Clear();
            await _disk.WaitAsync();
            try
            {
                while (batch.Count < MostAtOnce && _toFile.Reader.TryRead(out var item)) batch.Add(item);
                if (batch.Count == 0) continue;
                Open(file);
                file.Append([.. batch.Select(item => Numbered(item.Sequence, item.Event))]);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotWritten(_logger, path, exception.Message);
            }
            finally
            {
                _disk.Release();
                if (batch.Count > 0) Tell(batch[^1].Sequence);
            }
        }
    }

    private void Tell(long written)
    {
        TaskCompletionSource progress;
        lock (_gate)
        {
            _written = written;
            (progress, _progress) = (_progress, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        progress.TrySetResult();
    }

    private static partial class Log // Event ids 2000-2099: the journal.
    {
        [LoggerMessage(2000, LogLevel.Information, "{Kind}: {Message}")]
        public static partial void Event(ILogger logger, string kind, string message);

        [LoggerMessage(2001, LogLevel.Warning, "The event journal {Path} cannot be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}
