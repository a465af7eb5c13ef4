using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>PostgreSQL on a host of its own, whose disk forgets in a power-off what was not synchronised.</summary>
internal sealed class LabDatabase(LabHost host)
{
    private const string Data = "/var/lib/holdfast/postgres";
    private const string AsPostgres = "setpriv --reuid=postgres --regid=postgres --init-groups --";

    public LabHost Host => host;

    private static string Programs { get; } = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order().Last() + "/bin" : "";

    /// <summary>Powers the host on and makes a database.</summary>
    public async Task CreateAsync()
    {
        await host.PowerOnAsync();
        await host.ShellAsync($"""
            install -d -o postgres -m 700 {Data}
            {AsPostgres} {Programs}/initdb -D {Data} -A trust -U postgres --no-locale -E UTF8 >/dev/null
            echo 'host all all all trust' >>{Data}/pg_hba.conf
            echo 'host replication all all trust' >>{Data}/pg_hba.conf
            """);
        await StartAsync();
    }

    /// <summary>Powers the host on and makes a copy of another database that follows it.</summary>
    public async Task FollowAsync(LabDatabase primary)
    {
        await host.PowerOnAsync();
        await host.ShellAsync($"{AsPostgres} sh -c 'cd / && install -d -m 700 /tmp/pg' ; install -d -o postgres -m 700 {Data}; {AsPostgres} {Programs}/pg_basebackup -h {primary.Host.Address} -U postgres -D {Data} -R -X stream -c fast");
        await StartAsync();
    }

    /// <summary>Starts it, also after a power-on, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        host.Start([.. AsPostgres.Split(' '), $"{Programs}/postgres", "-D", Data, "-c", "listen_addresses=*", "-c", "unix_socket_directories="], log: "postgres");
        await Waiting.UntilAsync(async () => (await host.RunAsync(["psql", "-h", "127.0.0.1", "-U", "postgres", "-c", "select 1"], ClusterFixture.Limit)).ExitCode == 0, ClusterFixture.Limit, "PostgreSQL answers", TimeSpan.FromMilliseconds(50));
    }

    /// <summary>Lets it drop everything at once, as a crash would.</summary>
    public Task CrashAsync() => host.ShellAsync($"{AsPostgres} {Programs}/pg_ctl -D {Data} -m immediate stop");

    public Task<string> QueryAsync(string sql) => host.ShellAsync($"psql -h 127.0.0.1 -U postgres -At -c \"{sql}\"");
}
