using System.Diagnostics;
using System.Net;
using System.Text;
using Holdfast.Vault.Serving;
using Holdfast.Vault.Tests.Backends;

namespace Holdfast.Vault.Tests.Serving;

/// <summary>restic itself as the client of our server.</summary>
public sealed class ResticClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Restic_backs_up_checks_restores_and_may_not_forget_where_nothing_may_be_removed()
    {
        using var scratch = new Scratch();
        var (data, source, users) = (scratch["data"], scratch["source"], scratch["users"]);
        Directory.CreateDirectory(data);
        Directory.CreateDirectory(source);
        foreach (var (name, length) in new[] { ("small", 100), ("large", 3 << 20), ("empty", 0) })
        {
            await File.WriteAllBytesAsync(Path.Combine(source, name), BackendContract.Make(default, length).Content);
        }

        await File.WriteAllTextAsync(users, VaultUsers.Line("anna", "secret"));
        var options = new VaultServerOptions { Listen = [new(IPAddress.Loopback, 0)], DataDirectory = data, UsersFile = users };
        await using (var server = await VaultServer.StartAsync(options, CancellationToken.None))
        {
            var vault = $"rest:http://anna:secret@127.0.0.1:{server.Addresses[0].Port}/anna/files/";
            await SucceedAsync(scratch, vault, "init");
            await SucceedAsync(scratch, vault, "backup", source);
            await SucceedAsync(scratch, vault, "check", "--read-data");
            await SucceedAsync(scratch, vault, "restore", "latest", "--target", scratch["restored"]);
            foreach (var file in Directory.GetFiles(source)) Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(scratch["restored"] + file));
        }

        await using (var server = await VaultServer.StartAsync(options with { AppendOnly = true }, CancellationToken.None))
        {
            var vault = $"rest:http://anna:secret@127.0.0.1:{server.Addresses[0].Port}/anna/files/";
            await SucceedAsync(scratch, vault, "backup", source, "--tag", "second");
            var before = Directory.GetFiles(scratch["data/anna/files/snapshots"]).Order().ToList();
            // restic 0.14 tries again for a quarter of an hour when it is refused: once it has said so, it is ended.
            var said = await RunAsync(scratch, vault, line => line.Contains("403", StringComparison.Ordinal), "forget", "--keep-last", "1", "--group-by", "host");
            Assert.Contains("403", said.Output, StringComparison.Ordinal);
            Assert.Equal(before, Directory.GetFiles(scratch["data/anna/files/snapshots"]).Order().ToList());
        }

        await using (var server = await VaultServer.StartAsync(options, CancellationToken.None))
        {
            var vault = $"rest:http://anna:secret@127.0.0.1:{server.Addresses[0].Port}/anna/files/";
            await SucceedAsync(scratch, vault, "unlock"); // What was ended could not.
            await SucceedAsync(scratch, vault, "forget", "--keep-last", "1", "--group-by", "host", "--prune");
            await SucceedAsync(scratch, vault, "check", "--read-data");
            Assert.Single(Directory.GetFiles(scratch["data/anna/files/snapshots"]));
        }
    }

    private static async Task SucceedAsync(Scratch scratch, string vault, params string[] arguments)
    {
        var (status, output) = await RunAsync(scratch, vault, _ => false, arguments);
        Assert.True(status == 0, $"restic {string.Join(' ', arguments)}: {status}\n{output}");
    }

    private static async Task<(int Status, string Output)> RunAsync(Scratch scratch, string vault, Func<string, bool> isEnough, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/restic", ["--no-cache", "-r", vault, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["RESTIC_PASSWORD"] = "vault";
        start.Environment["TMPDIR"] = scratch.Path;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        var output = new StringBuilder();
        async Task FollowAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(limit.Token) is { } line)
            {
                lock (output) output.AppendLine(line);
                if (isEnough(line)) process.Kill();
            }
        }

        try
        {
            await Task.WhenAll(FollowAsync(process.StandardOutput), FollowAsync(process.StandardError));
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        return (process.ExitCode, output.ToString());
    }
}
