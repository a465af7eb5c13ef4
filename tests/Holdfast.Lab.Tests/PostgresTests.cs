using System.Globalization;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.Lab.Tests;

/// <summary>That a power-off of the lab is one that a database notices: the referee is PostgreSQL itself.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private const string Data = "/var/lib/holdfast/postgres";

    // psql prints a row's number only after the server has acknowledged its commit.
    private const string MakeScript = """
        open my $f, '>', '/tmp/rows.sql'; print $f "insert into $ARGV[0] values ($_, repeat('x', 200));\n\\echo $_\n" for 1 .. $ARGV[1];
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly string[] AsPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"];
    private LabNetwork _lab = null!;
    private LabHost _a = null!;

    public async Task InitializeAsync()
    {
        _lab = await LabNetwork.CreateAsync();
        _a = await _lab.AddHostAsync("a");
        await _a.PowerOnAsync();
        await RunAsync(["install", "-d", "-o", "postgres", "-m", "700", Data]);
        await RunAsync([.. AsPostgres, $"{Programs}/initdb", "-D", Data, "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8"]);
        await RunAsync(["sh", "-c", $"echo 'host all all all trust' >>{Data}/pg_hba.conf; sync {Data}/pg_hba.conf"]);
    }

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [PostgresFact]
    public async Task With_fsync_no_acknowledged_row_is_lost_by_a_power_off()
    {
        for (var round = 0; round < 3; round++)
        {
            var lost = await LostByPowerOffAsync(fsync: true, table: $"rows{round}");
            Assert.NotNull(lost);
            Assert.Empty(lost);
        }
    }

    [PostgresFact]
    public async Task Without_fsync_acknowledged_rows_are_lost_by_a_power_off()
    {
        for (var round = 0; round < 5; round++)
        {
            if (await LostByPowerOffAsync(fsync: false, table: $"rows{round}") is not { Count: 0 })
            {
                return;
            }
        }

        Assert.Fail("five power-offs without fsync lost nothing: the disk's cache is not volatile");
    }

    private static string Programs { get; } =
        Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order().Last() + "/bin" : "";

    /// <summary>Commits rows over the network, cuts the power in the middle, lets the database recover and returns which acknowledged rows are gone; null when it did not even start.</summary>
    private async Task<IReadOnlyList<int>?> LostByPowerOffAsync(bool fsync, string table)
    {
        await StartServerAsync(fsync);
        await QueryAsync($"create table {table} (id int primary key, filler text); checkpoint");
        const int Rows = 200_000;
        await _lab.Client.RunAsync(["perl", "-e", MakeScript, table, $"{Rows}"], Limit);
        var log = Path.Combine(_lab.LogFolder, $"client-{table}.log");
        _lab.Client.Start(["psql", "-q", "-h", _a.Address, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-f", "/tmp/rows.sql"], log: table);
        await Waiting.UntilAsync(async () => (await AcknowledgedAsync(log)).Count > 1500, Limit, "too few rows", TimeSpan.FromMilliseconds(20));

        await _a.PowerOffAsync();

        var acknowledged = await AcknowledgedAsync(log);
        foreach (var client in _lab.Client.Find(arguments => arguments.Contains(_a.Address)))
        {
            _lab.Client.Send(client, Signal.Kill);
        }

        Assert.True(acknowledged.Count < Rows, "the writer was done before the power-off");
        await _a.PowerOnAsync();
        if (!await TryStartServerAsync(fsync: true))
        {
            return null;
        }

        var present = await QueryAsync($"select id from {table}");
        return present is null ? null : [.. acknowledged.Except(present.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture)))];
    }

    private async Task StartServerAsync(bool fsync) => Assert.True(await TryStartServerAsync(fsync), "PostgreSQL does not start");

    private async Task<bool> TryStartServerAsync(bool fsync)
    {
        if (_a.Find(arguments => arguments is [var program, ..] && program.EndsWith("/postgres", StringComparison.Ordinal)) is [var running, ..])
        {
            _a.Send(running, Signal.Terminate);
            await Waiting.UntilAsync(() => _a.Find(arguments => arguments is [var program, ..] && program.EndsWith("/postgres", StringComparison.Ordinal)).Count == 0, Limit, "PostgreSQL does not stop");
        }

        var server = _a.Start([.. AsPostgres, $"{Programs}/postgres", "-D", Data, "-c", "listen_addresses=*", "-c", $"fsync={(fsync ? "on" : "off")}"], log: "postgres");
        await Waiting.UntilAsync(async () => server.HasExited || await QueryAsync("select 1") is not null, Limit, "PostgreSQL does not answer", TimeSpan.FromMilliseconds(50));
        return !server.HasExited;
    }

    private async Task<string?> QueryAsync(string query)
    {
        var result = await _a.RunAsync(["psql", "-h", "127.0.0.1", "-U", "postgres", "-At", "-c", query], Limit);
        return result.ExitCode == 0 ? result.Output : null;
    }

    private static async Task<IReadOnlyList<int>> AcknowledgedAsync(string log)
    {
        await using var file = new FileStream(log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n').Where(line => int.TryParse(line, out _)).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    private async Task RunAsync(string[] command)
    {
        var result = await _a.RunAsync(command, Limit);
        Assert.True(result.ExitCode == 0, result.Output);
    }
}
