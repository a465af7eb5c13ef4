using System.Diagnostics;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>The catalogue, made of a vault that restic made.</summary>
[Collection(DevCollection.Name)]
public sealed class CatalogueTests(DevService dev) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hfm-vault").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_vault_that_restic_made_is_listed_by_itself_once_it_is_known_and_says_how_old_that_is()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "key"), "a password");
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "what is protected");
        await ResticAsync("init");
        await ResticAsync("backup", "--host", "elsewhere", "--tag", "by-restic", Path.Combine(_folder, "file"));
        var id = JsonDocument.Parse(await ResticAsync("snapshots", "--json")).RootElement[0].GetProperty("id").GetString();

        await dev.Admin.PutAsync("vaults/by-restic", new { location = Path.Combine(_folder, "vault"), passwordFile = Path.Combine(_folder, "key") });
        await dev.Admin.PutAsync("vaults/broken", new { location = Path.Combine(_folder, "nothing"), passwordFile = Path.Combine(_folder, "key") });
        try
        {
            var listed = await UntilAsync("by-restic", vault => vault.GetProperty("listed").ValueKind == JsonValueKind.String);
            var broken = await UntilAsync("broken", vault => vault.GetProperty("trouble").ValueKind == JsonValueKind.String);

            Assert.Equal(1, listed.GetProperty("snapshots").GetInt64());
            Assert.Equal(JsonValueKind.Null, listed.GetProperty("trouble").ValueKind);
            Assert.Equal(JsonValueKind.Null, broken.GetProperty("listed").ValueKind);
            var snapshot = Assert.Single((await dev.Admin.GetAsync($"snapshots?vault={Uri.EscapeDataString(Path.Combine(_folder, "vault"))}")).GetProperty("items").EnumerateArray());
            Assert.Equal((id, "elsewhere", "by-restic"), (snapshot.GetProperty("id").GetString(), snapshot.GetProperty("host").GetString(), snapshot.GetProperty("tags")[0].GetString()));
            await RefusesHalfAListAsync(id!);
        }
        finally
        {
            foreach (var vault in (string[])["by-restic", "broken"]) (await dev.Admin.SendAsync(HttpMethod.Delete, $"vaults/{vault}")).Dispose();
        }
    }

    // What cannot be read is not gone: the catalogue keeps it, and the vault says why it could not be listed.
    private async Task RefusesHalfAListAsync(string damaged)
    {
        await ResticAsync("backup", "--host", "another", Path.Combine(_folder, "file"));
        var file = Path.Combine(_folder, "vault", "snapshots", damaged);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(file, new byte[200]);

        Assert.Equal((System.Net.HttpStatusCode.Conflict, "look.incomplete"), await dev.Admin.RefusedAsync(HttpMethod.Post, "vaults/by-restic/catalogue"));

        var vault = await UntilAsync("by-restic", vault => vault.GetProperty("trouble").ValueKind == JsonValueKind.String);
        Assert.Contains(damaged[..8], vault.GetProperty("trouble").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, vault.GetProperty("snapshots").GetInt64());
    }

    private async Task<JsonElement> UntilAsync(string name, Func<JsonElement, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var vault = (await dev.Admin.GetAsync("vaults")).EnumerateArray().Single(known => known.GetProperty("name").GetString() == name);
            if (condition(vault)) return vault;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }
    }

    private async Task<string> ResticAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("restic") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--repo", Path.Combine(_folder, "vault"), "--password-file", Path.Combine(_folder, "key"), "--no-cache", .. arguments]) start.ArgumentList.Add(argument);
        using var restic = Process.Start(start)!;
        var said = await restic.StandardOutput.ReadToEndAsync();
        await restic.WaitForExitAsync();
        Assert.Equal(0, restic.ExitCode);
        return said;
    }
}
