using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Agent.Resources.Addresses;

namespace Holdfast.Agent.Tests.Resources;

/// <summary>Two machines' worth of network: two namespaces joined by a cable. 10.77.0.1 is "here", 10.77.0.2 is "there".</summary>
internal sealed partial class NetworkPair : IAsyncDisposable
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET
    private static int _count;

    private NetworkPair(string here, string there) => (Here, There) = (here, there);

    public string Here { get; }

    public string There { get; }

    public static async Task<NetworkPair> CreateAsync()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"hfr{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var pair = new NetworkPair($"{id}-here", $"{id}-there");
        await IpAsync("netns", "add", pair.Here);
        await IpAsync("netns", "add", pair.There);
        await IpAsync("-n", pair.Here, "link", "add", "cable0", "type", "veth", "peer", "name", "cable0", "netns", pair.There);
        foreach (var (space, host) in ((string, string)[])[(pair.Here, "1"), (pair.There, "2")])
        {
            await IpAsync("-n", space, "address", "add", $"10.77.0.{host}/24", "dev", "cable0");
            await IpAsync("-n", space, "address", "add", $"fd77::{host}/64", "dev", "cable0", "nodad");
            await IpAsync("-n", space, "link", "set", "cable0", "up");
        }

        // The kernel tells a new carrier a moment later.
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (!await InsideAsync(pair.Here, () => InterfaceTable.Read().Any(nic => nic is { Name: "cable0", IsUp: true })))
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(30), "the cable never came up");
        return pair;
    }

    public static Task IpAsync(params string[] arguments) => DiskImage.RequireAsync(["ip", .. arguments]);

    /// <summary>Runs on a thread of its own inside a namespace: a network namespace belongs to a thread.</summary>
    public static Task<T> InsideAsync<T>(string space, Func<T> action)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{space}");
                if (setns((int)handle.DangerousGetHandle(), NetworkNamespace) != 0) throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                result.SetResult(action());
            }
            catch (Exception error)
            {
                result.SetException(error);
            }
        }) { IsBackground = true }.Start();
        return result.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await FakeLeash.ExecuteAsync("ip", "netns", "del", Here);
        await FakeLeash.ExecuteAsync("ip", "netns", "del", There);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);
}
