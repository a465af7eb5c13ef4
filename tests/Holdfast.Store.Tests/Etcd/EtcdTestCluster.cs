using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Holdfast.Cluster;
using Holdfast.Store.Etcd;

namespace Holdfast.Store.Tests.Etcd;

/// <summary>Real etcd members on the loopback, gone with the test.</summary>
public sealed class EtcdTestCluster : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestCertificates? _certificates;
    private readonly MemberProcess?[] _members;
    private readonly ImmutableArray<Uri> _peers;
    private readonly string[] _more;

    private EtcdTestCluster(int size, bool tls, string[] more)
    {
        _more = more;
        var scheme = tls ? "https" : "http";
        _certificates = tls ? new TestCertificates(_folder.Path) : null;
        _members = new MemberProcess?[size];
        var ports = FreePorts(size * 2);
        Clients = [.. ports[..size].Select(port => new Uri($"{scheme}://127.0.0.1:{port}"))];
        _peers = [.. ports[size..].Select(port => new Uri($"{scheme}://127.0.0.1:{port}"))];
    }

    public ImmutableArray<Uri> Clients { get; }

    public EtcdOptions Options => new()
    {
        Endpoints = Clients,
        KeyPrefix = $"test-{Guid.NewGuid():n}/",
        ClientCertificate = _certificates?.Client,
        ClusterAuthority = _certificates?.Authority,
    };

    public static async Task<EtcdTestCluster> StartAsync(int size, bool tls, params string[] more)
    {
        var cluster = new EtcdTestCluster(size, tls, more);
        try
        {
            for (var i = 0; i < size; i++)
            {
                cluster.StartMember(i);
            }

            await cluster.ReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public MemberProcess Member(int index) => _members[index]!;

    /// <summary>Starts a member, for the first time or again on its data.</summary>
    public void StartMember(int index)
    {
        _members[index]?.Dispose();
        var members = string.Join(',', _peers.Select((peer, i) => $"m{i}={Text(peer)}"));
        string[] arguments =
        [
            "--name", $"m{index}", "--data-dir", Path.Combine(_folder.Path, $"m{index}"),
            "--listen-client-urls", Text(Clients[index]), "--advertise-client-urls", Text(Clients[index]),
            "--listen-peer-urls", Text(_peers[index]), "--initial-advertise-peer-urls", Text(_peers[index]),
            "--initial-cluster", members, "--initial-cluster-token", _folder.Path,
            "--pre-vote", "--heartbeat-interval", "20", "--election-timeout", "200", "--grpc-keepalive-min-time=1s", "--max-txn-ops", $"{StoreTransaction.MaxOperations}", "--logger", "zap",
            .. TlsArguments(), .. _more,
        ];
        _members[index] = MemberProcess.Start("etcd", arguments, Path.Combine(_folder.Path, $"m{index}.log"));
    }

    /// <summary>Waits until every member knows a leader and the cluster answers.</summary>
    public async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var etcd = new EtcdCluster(Options) { Timeout = TimeSpan.FromSeconds(1) };
        foreach (var client in Clients)
        {
            while (!await HasLeaderAsync(etcd, client, limit.Token))
            {
                Assert.All(_members, member => Assert.False(member!.HasExited, member.HasExited ? member.LogTail : null));
                limit.Token.ThrowIfCancellationRequested();
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
    }

    /// <summary>Returns the index of the member that leads.</summary>
    public async Task<int> LeaderAsync()
    {
        using var etcd = new EtcdCluster(Options);
        foreach (var client in Clients)
        {
            var status = await etcd.StatusAsync(client, CancellationToken.None);
            if (status.LeaderId == status.MemberId)
            {
                return Clients.IndexOf(client);
            }
        }

        throw new InvalidOperationException("No member leads.");
    }

    public ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            member?.Dispose();
        }

        _certificates?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    public static int[] FreePorts(int count)
    {
        // All are held until all are known, so that none is given twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }

    private static async Task<bool> HasLeaderAsync(EtcdCluster etcd, Uri client, CancellationToken cancellationToken)
    {
        try
        {
            return (await etcd.StatusAsync(client, cancellationToken)).LeaderId != 0;
        }
        catch (HoldfastException)
        {
            return false;
        }
    }

    private string[] TlsArguments() => _certificates is null ? [] :
    [
        "--cert-file", _certificates.MemberPath, "--key-file", _certificates.MemberKeyPath, "--trusted-ca-file", _certificates.AuthorityPath, "--client-cert-auth",
        "--peer-cert-file", _certificates.MemberPath, "--peer-key-file", _certificates.MemberKeyPath, "--peer-trusted-ca-file", _certificates.AuthorityPath, "--peer-client-cert-auth",
    ];

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
