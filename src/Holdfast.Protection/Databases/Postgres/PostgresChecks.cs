using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Checks everything in a server that nobody uses: heap against itself, each index against its table, and that every row can be read.</summary>
internal sealed class PostgresChecks(string name, string programs, FileOwner owner, PostgresAddress address, string role)
{
    public async Task<IReadOnlyList<DatabaseCheck>> RunAsync(CancellationToken cancellationToken)
    {
        List<DatabaseCheck> checks = [await AmcheckAsync(cancellationToken)];
        await using var session = await PsqlSession.OpenAsync(name, programs, owner, address, role, "postgres", cancellationToken);
        var databases = await session.AskJsonAsync("select json_agg(datname order by datname) from pg_database where datallowconn and not datistemplate", cancellationToken);
        foreach (var database in databases.EnumerateArray()) checks.Add(await CountAsync(database.GetString()!, cancellationToken));
        return checks;
    }

    private async Task<DatabaseCheck> AmcheckAsync(CancellationToken cancellationToken)
    {
        const string What = "pg_amcheck: tables, and indexes against their tables";
        if (!File.Exists(Path.Combine(programs, "pg_amcheck"))) return new(What, true, "not done: this version has no pg_amcheck");
        // The extension is installed where it is missing: the files are a copy.
        var (exit, output, error) = await DatabaseProgram.TryAsync(owner, Path.Combine(programs, "pg_amcheck"),
            ["--all", "--install-missing", "--heapallindexed", "-w", "-h", address.Host, "-p", address.Port.ToString(CultureInfo.InvariantCulture), "-U", role], cancellationToken);
        return new(What, exit == 0, exit == 0 ? "nothing wrong" : DatabaseProgram.LastLines(output, error));
    }

    private async Task<DatabaseCheck> CountAsync(string database, CancellationToken cancellationToken)
    {
        var what = $"rows of '{database}'";
        try
        {
            await using var session = await PsqlSession.OpenAsync(name, programs, owner, address, role, database, cancellationToken);
            var tables = await session.AskJsonAsync(
                "select coalesce(json_agg(format('%I.%I', schemaname, tablename) order by 1), '[]') from (select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2) t", cancellationToken);
            long rows = 0;
            foreach (var table in tables.EnumerateArray()) rows += long.Parse(await session.AskAsync($"select count(*) from {table.GetString()}", cancellationToken), CultureInfo.InvariantCulture);
            return new(what, true, string.Create(CultureInfo.InvariantCulture, $"{rows} rows in {tables.GetArrayLength()} tables"));
        }
        catch (HoldfastException refused)
        {
            return new(what, false, refused.Message);
        }
    }
}
