using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

/// <summary>OpenStack Swift with its S3 API, from Debian's packages, in a folder of its own: an S3 server that nobody here wrote.</summary>
/// <remarks>Needs root, for a namespace in which /etc/swift is that folder; and swift-proxy, swift-account, swift-container, swift-object and memcached.</remarks>
public sealed class SwiftServer : IAsyncLifetime
{
    public const string KeyId = "test:tester";
    public const string Secret = "testing";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private const string Start = """
        set -e
        dir=$1 port=$2
        export PATH=/usr/sbin:/usr/bin:/sbin:/bin
        mkdir -p "$dir/etc" "$dir/devices/d1"
        cd "$dir/etc"
        printf '[swift-hash]\nswift_hash_path_suffix = test\nswift_hash_path_prefix = test\n[storage-policy:0]\nname = Policy-0\ndefault = yes\n' >swift.conf
        mount --bind "$dir/etc" /etc/swift
        memcached -u nobody -l 127.0.0.1 -p $((port + 4)) -U 0 -m 16 &
        number=1
        for kind in object container account; do
          at=$((port + number)) number=$((number + 1))
          swift-ring-builder $kind.builder create 4 1 0
          swift-ring-builder $kind.builder add r1z1-127.0.0.1:$at/d1 1
          swift-ring-builder $kind.builder rebalance
          printf '[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = %s\ndevices = %s\nmount_check = false\nworkers = 0\nuser = root\nswift_dir = %s\n[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n' \
            $at "$dir/devices" "$dir/etc" $kind $kind $kind >$kind-server.conf
          swift-$kind-server $kind-server.conf &
        done
        cat >proxy-server.conf <<END
        [DEFAULT]
        bind_ip = 127.0.0.1
        bind_port = $port
        workers = 0
        user = root
        swift_dir = $dir/etc
        [pipeline:main]
        pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth slo proxy-server
        [app:proxy-server]
        use = egg:swift#proxy
        account_autocreate = true
        [filter:tempauth]
        use = egg:swift#tempauth
        user_test_tester = testing .admin
        [filter:s3api]
        use = egg:swift#s3api
        location = us-east-1
        max_bucket_listing = 10
        [filter:cache]
        use = egg:swift#memcache
        memcache_servers = 127.0.0.1:$((port + 4))
        [filter:slo]
        use = egg:swift#slo
        [filter:catch_errors]
        use = egg:swift#catch_errors
        [filter:gatekeeper]
        use = egg:swift#gatekeeper
        [filter:listing_formats]
        use = egg:swift#listing_formats
        END
        exec swift-proxy-server proxy-server.conf
        """;

    private readonly Scratch _scratch = new();
    private Process? _process;
    private int _port;

    public static string? WhyNot => !Environment.IsPrivilegedProcess ? "needs root"
        : !File.Exists("/usr/bin/swift-proxy-server") || !File.Exists("/usr/bin/memcached") ? "needs Debian's swift-proxy, swift-account, swift-container, swift-object and memcached"
        : null;

    public VaultUrl.S3 NewVault() => new(new Uri($"http://127.0.0.1:{_port}"), "vaults", Guid.NewGuid().ToString("n"));

    public async Task InitializeAsync()
    {
        if (WhyNot is not null) return;
        _port = FreePorts();
        var start = new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--kill-child", "--", "bash", "-c", Start, "swift", _scratch.Path, $"{_port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        var said = new System.Text.StringBuilder();
        _process.ErrorDataReceived += (_, line) => { lock (said) said.AppendLine(line.Data); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        // It is up when a bucket can be made: all four servers take part in that.
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using var backend = new S3Backend(NewVault(), Options(Secret));
            try
            {
                await backend.CreateAsync(CancellationToken.None);
                return;
            }
            catch (HoldfastException notYet) when (notYet.Code == "vault.unreachable")
            {
                if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > StartLimit) throw new InvalidOperationException($"Swift does not start: {notYet.Message}\n{said}");
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(); // The first process of the namespace ends with it, and all others with that.
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _scratch.Dispose();
    }

    public static VaultConnectOptions Options(string secret) => new()
    {
        Environment = name => name switch
        {
            "AWS_ACCESS_KEY_ID" => KeyId,
            "AWS_SECRET_ACCESS_KEY" => secret,
            _ => null,
        },
    };

    // Five in a row: the others are counted from the first. Below those that the system gives to whoever asks for any, or another program has one by the time that Swift wants it.
    private static int FreePorts()
    {
        while (true)
        {
            var first = Random.Shared.Next(15_000, 32_000);
            if (Enumerable.Range(first, 5).All(IsFree)) return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
