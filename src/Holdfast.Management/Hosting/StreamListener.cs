using System.Threading.Channels;

namespace Holdfast.Management.Hosting;

/// <summary>What happens from the moment it was made until it is disposed of. Whoever reads too slowly misses the oldest: events are in the history, and of the rest the next of its kind says it all again.</summary>
internal sealed class StreamListener(Action<StreamListener> end) : IDisposable
{
    private const int Most = 256;
    private readonly Channel<StreamEvent> _channel = Channel.CreateBounded<StreamEvent>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Gets what happened.</summary>
    public ChannelReader<StreamEvent> Reader => _channel.Reader;

    /// <summary>Tells something.</summary>
    public void Tell(StreamEvent item) => _channel.Writer.TryWrite(item);

    /// <inheritdoc/>
    public void Dispose() => end(this);
}
