using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Types;

/// <summary>A folder of a shared disk for clients of NFS and SMB, by Debian's NFS-Ganesha and Samba.</summary>
public sealed class FileShareTests(ThreeNodesWithDisk lab) : IClassFixture<ThreeNodesWithDisk>, IAsyncLifetime
{
    private const string Address = "10.77.0.190";
    private const string Target = "/srv/files";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ShareFact]
    public async Task Clients_of_both_protocols_go_on_after_a_failover()
    {
        await Cluster.ApplyAsync(lab["a"], Files());
        var owner = await lab.OnlineAsync("files");
        await ClientAsync("echo by-nfs >/tmp/nfs; echo by-smb >/tmp/smb");
        await PutAsync("nfs");
        await PutAsync("smb");
        Assert.Equal("by-smb", await NfsAsync("smb"));
        Assert.Equal("by-nfs", await SmbAsync("nfs"));

        await Cluster.MoveAsync(owner, "files", Other(owner).Name);
        Assert.Equal("by-nfs", await NfsAsync("nfs"));
        Assert.Equal("by-smb", await SmbAsync("smb"));
        Assert.Empty(owner.FindRole("files"));

        // A client that writes all the time, and notes what it was told is written.
        var writer = lab.Lab.Client.Start(["sh", "-c", "n=0; while [ ! -e /tmp/enough ]; do n=$((n+1)); echo $n >/tmp/n; timeout 20 smbclient -N //10.77.0.190/data -c \"put /tmp/n n$n\" >/dev/null 2>&1 && echo $n >>/tmp/acknowledged; done"]);
        owner = await lab.OnlineAsync("files");
        await lab.UntilAsync(async () => await AcknowledgedAsync() > 5, "the client writes");
        await owner.PowerOffAsync();
        var before = await AcknowledgedAsync();
        await lab.UntilAsync(async () => await AcknowledgedAsync() > before + 3, "the client goes on after the failover");
        await ClientAsync("touch /tmp/enough");
        await writer.WaitForExitAsync();

        var taker = await lab.OnlineAsync("files", asked: Other(owner));
        Assert.NotSame(owner, taker);
        foreach (var number in (await ClientAsync("cat /tmp/acknowledged")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal(number, (await taker.ShellAsync($"cat {Target}/data/n{number}")).Trim());
        Assert.Equal("by-nfs", await NfsAsync("nfs"));
        await owner.PowerOnAsync();
        await lab.AllUpAsync();
    }

    [ShareFact]
    public async Task A_share_that_would_not_move_or_that_nobody_may_use_is_refused()
    {
        const string Declared = """
            roles:
              files:
                resources:
                  address: { type: ip-address, address: 10.77.0.190/24 }
                  here: { type: file-share, protocol: smb, path: /srv/local, depends-on: [address] }
                  nobody: { type: file-share, protocol: nfs, path: /srv/local, depends-on: [address] }
            """;

        var error = await Cluster.RefusedAsync(lab["a"], 2, "declaration.invalid", "apply", "-f", await lab["a"].WriteAsync(Declared));

        Assert.Contains("/srv/local is on no disk of this role that it depends on", error, StringComparison.Ordinal);
        Assert.Contains("name the addresses or networks that may use it", error, StringComparison.Ordinal);
    }

    private static string Files() => $$"""
        roles:
          files:
            restarts: 100 in 15m
            failovers: 100 in 15m
            resources:
              disk: { type: disk, device: /dev/shared/orders, target: {{Target}}, fence: lease }
              folder: { type: script, online: [/usr/bin/install, -d, -o, nobody, -m, "0777", {{Target}}/data], offline: [/usr/bin/true], depends-on: [disk], user: root }
              address: { type: ip-address, address: {{Address}}/24 }
              nfs: { type: file-share, protocol: nfs, path: {{Target}}/data, share: data, clients: [10.77.0.0/24], depends-on: [folder, address] }
              smb: { type: file-share, protocol: smb, path: {{Target}}/data, share: data, depends-on: [folder, address] }
        """;

    private LabHost Other(LabHost host) => Cluster.Hosts.First(other => other != host && other.IsOn);

    private Task<string> ClientAsync(string script) => lab.Lab.Client.ShellAsync(script);

    /// <summary>Writes by the protocol of the file's name. NFS opens nothing until those who had something open before had time to say so.</summary>
    private Task PutAsync(string name) => lab.UntilAsync(
        async () => (await lab.Lab.Client.RunAsync(["sh", "-c", name == "nfs" ? $"timeout 20 nfs-cp /tmp/nfs 'nfs://{Address}/data/nfs?version=4&uid=65534&gid=65534'" : $"timeout 20 smbclient -N //{Address}/data -c 'put /tmp/smb smb'"], ClusterFixture.Limit)).ExitCode == 0, $"{name} writes");

    private async Task<string> NfsAsync(string name) => await ReadAsync($"timeout 20 nfs-cat 'nfs://{Address}/data/{name}?version=4'");

    private async Task<string> SmbAsync(string name) => await ReadAsync($"timeout 20 smbclient -N //{Address}/data -c 'get {name} -' 2>/dev/null");

    private async Task<string> ReadAsync(string command)
    {
        var read = "";
        await lab.UntilAsync(async () => await lab.Lab.Client.RunAsync(["sh", "-c", command], ClusterFixture.Limit) is { ExitCode: 0 } result && (read = result.Output.Trim()).Length > 0, command);
        return read;
    }

    private async Task<int> AcknowledgedAsync() => int.Parse(await ClientAsync("cat /tmp/acknowledged 2>/dev/null | wc -l"), System.Globalization.CultureInfo.InvariantCulture);
}
