using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Holdfast.Store.Etcd;

/// <summary>How etcd is reached and how long its answers are waited for.</summary>
public sealed record EtcdOptions
{
    /// <summary>Gets the client addresses, the preferred one (a member on this machine) first.</summary>
    public required ImmutableArray<Uri> Endpoints
    {
        get;
        init => field = value.IsDefaultOrEmpty ? throw new ArgumentException("At least one etcd endpoint is needed.", nameof(value)) : value;
    }

    /// <summary>Gets what stands before every key. The default is <c>holdfast/</c>.</summary>
    public string KeyPrefix { get; init => field = value.Length > 0 ? value : throw new ArgumentException("The key prefix must not be empty.", nameof(value)); } = "holdfast/";

    /// <summary>Gets the certificate, with its private key, that this client shows.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Gets what tells the certificate to show, asked at each handshake: for one that may be renewed while connections live. It goes before <see cref="ClientCertificate"/>.</summary>
    public Func<X509Certificate2>? CurrentCertificate { get; init; }

    /// <summary>Gets the only authority whose server certificates are accepted; null leaves it to the machine's own list.</summary>
    public X509Certificate2? ClusterAuthority { get; init; }

    /// <summary>Gets how long a read may take over all endpoints. The default is 1 second.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets how long a commit may take. The default is 2 seconds: during an election a member keeps a proposal and answers
    /// late. A commit that has no hope left (the leader changed, the member is silent) is unknown sooner.
    /// </summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how long a connection may take to be made, TLS included. The default is 300 ms.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Gets how long one endpoint is waited for before a read is sent to the next one as well. The default is 100 ms.</summary>
    public TimeSpan HedgeDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets how often every endpoint is asked for its status, which keeps its connection warm. The default is 500 ms.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets how long a heartbeat is waited for before the endpoint is avoided. The default is 400 ms.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Gets how long a watch may be silent before the member is asked for a sign of life. The default is 500 ms.</summary>
    public TimeSpan WatchProbeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets how long that sign, or the answer to a new watch, is waited for. The default is 750 ms.</summary>
    public TimeSpan WatchProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(750);
}
