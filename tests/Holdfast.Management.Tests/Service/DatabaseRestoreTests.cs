using System.Net;
using System.Text.Json;
using Holdfast.Protection.Tests.Databases;

namespace Holdfast.Management.Tests.Service;

/// <summary>A database is brought back over the API, from a real server's backup.</summary>
[Collection(DevCollection.Name)]
public sealed class DatabaseRestoreTests(DevService dev)
{
    [Fact]
    public async Task A_database_is_found_in_a_vault_and_brought_back_whole_or_as_a_dump()
    {
        await using var vault = await KnownVault.CreateAsync(dev, "orders");
        File.SetUnixFileMode(vault.Folder, (UnixFileMode)0b111_111_111);
        await BackUpAsync(vault);

        var database = Assert.Single((await dev.Admin.GetAsync("databases?vault=orders")).EnumerateArray());
        Assert.Equal(("shop", "postgresql", true), (database.GetProperty("name").GetString(), database.GetProperty("engine").GetString(), database.GetProperty("anyPoint").GetBoolean()));
        Assert.Single(database.GetProperty("bases").EnumerateArray());

        var (node, folder) = (await NodeAsync(), Path.Combine(vault.Folder, "restored"));
        var plan = await dev.Admin.PostAsync("restores", Asked(node, folder, new { name = "shop" }, dryRun: true));
        Assert.True(plan.GetProperty("figures").GetProperty("bytes").GetInt64() > 1 << 20, plan.GetRawText());
        Assert.False(Directory.Exists(folder));
        await CompletedAsync(await dev.Admin.PostAsync("restores", Asked(node, folder, new { name = "shop" })));
        Assert.True(File.Exists(Path.Combine(folder, "recovery.signal")));
        Assert.Equal((HttpStatusCode.Conflict, "database.folder-not-empty"), await dev.Admin.RefusedAsync(HttpMethod.Post, "restores", Asked(node, folder, new { name = "shop" })));

        var dump = Path.Combine(vault.Folder, "dump.sql");
        var only = new { name = "shop", only = "postgres", tables = (string[])["orders"] };
        Assert.StartsWith("Database postgres of shop is dumped from", (await dev.Admin.PostAsync("restores", Asked(node, dump, only, dryRun: true))).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(dump));
        if (Environment.IsPrivilegedProcess) return; // Root has no other account in the namespace that this service gives its jobs, and PostgreSQL does not run as root.
        await CompletedAsync(await dev.Admin.PostAsync("restores", Asked(node, dump, only)));
        Assert.Contains("\tkept\n", await File.ReadAllTextAsync(dump), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_reached_is_said_before_a_job_is_made()
    {
        await using var vault = await KnownVault.CreateAsync(dev, "orders");
        var (node, before) = (await NodeAsync(), (await dev.Admin.GetAsync("jobs")).GetRawText());

        Assert.Equal((HttpStatusCode.NotFound, "database.not-found"), await dev.Admin.RefusedAsync(HttpMethod.Post, "restores", Asked(node, "/srv/nothing", new { name = "shop" })));
        Assert.Equal((HttpStatusCode.BadRequest, "restore.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Post, "restores", Asked(node, "/srv/nothing", new { name = "shop", immediate = true, lsn = "0/1" })));

        Assert.Equal(before, (await dev.Admin.GetAsync("jobs")).GetRawText());
    }

    private static async Task BackUpAsync(KnownVault vault)
    {
        using var server = PostgresServer.Create();
        server.Ask("create table orders (what text); insert into orders values ('kept')");
        await vault.RunAsync("database", "backup", "shop", "--data", server.Data);
        server.Archive();
        await vault.RunAsync("database", "log", "shop", "--spool", server.Spool);
    }

    private static object Asked(string node, string target, object database, bool dryRun = false) => new { vault = "orders", target, node, dryRun, database };

    private async Task<string> NodeAsync() => (await dev.Admin.GetAsync("nodes"))[0].GetProperty("name").GetString()!;

    private async Task CompletedAsync(JsonElement begun)
    {
        var id = begun.GetProperty("operation").GetString()!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            using var answer = await dev.Admin.Http.GetAsync($"api/v1/operations/{Uri.EscapeDataString(id)}", limit.Token);
            var text = await answer.Content.ReadAsStringAsync(limit.Token);
            if (answer.IsSuccessStatusCode && JsonElement.Parse(text) is var operation && operation.GetProperty("ended").ValueKind == JsonValueKind.String)
            {
                Assert.True(operation.GetProperty("state").GetString() == "completed", text);
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }
    }
}
