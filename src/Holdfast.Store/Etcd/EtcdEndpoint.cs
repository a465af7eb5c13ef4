using Holdfast.Store.Etcd.Grpc;

namespace Holdfast.Store.Etcd;

/// <summary>One member as this client sees it.</summary>
internal sealed class EtcdEndpoint(Uri address, EtcdOptions options) : IDisposable
{
    private volatile EndpointHealth _health = EndpointHealth.Good;
    private ulong _term;

    /// <summary>Gets the connection.</summary>
    public GrpcChannel Channel { get; } = new(address, options);

    /// <summary>Gets or sets what the last call or heartbeat said.</summary>
    public EndpointHealth Health
    {
        get => _health;
        set => _health = value;
    }

    /// <summary>Gets the newest raft term it has told of.</summary>
    public ulong Term => Volatile.Read(ref _term);

    /// <summary>Takes note of a raft term.</summary>
    public void Saw(ulong term) => Volatile.Write(ref _term, Math.Max(term, Term));

    public void Dispose() => Channel.Dispose();
}

/// <summary>How willingly an endpoint is used: the lower the better.</summary>
internal enum EndpointHealth
{
    /// <summary>It answers and knows a leader.</summary>
    Good,

    /// <summary>It answers but knows no leader: an election, or it is cut off from its peers.</summary>
    Leaderless,

    /// <summary>It cannot be reached or does not answer.</summary>
    Down,
}
