using System.Net;

namespace Holdfast.Management.Tests.Service;

/// <summary>What is looked up in a vault over the API, with a real one.</summary>
[Collection(DevCollection.Name)]
public sealed class VaultLookTests(DevService dev)
{
    [Fact]
    public async Task Files_are_found_snapshots_compared_and_a_vault_counted()
    {
        await using var vault = await KnownVault.CreateAsync(dev, "looked-at");
        var folder = Directory.CreateDirectory(Path.Combine(vault.Folder, "papers")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "letter.txt"), "Dear reader");
        await vault.RunAsync("backup", folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "letter.txt"), "Dear reader, once more");
        await File.WriteAllTextAsync(Path.Combine(folder, "bill.pdf"), "42");
        await vault.RunAsync("backup", folder);
        var (newer, older) = (await vault.ListAsync()) is [var first, var second] ? (first.GetProperty("id").GetString()!, second.GetProperty("id").GetString()!) : throw new InvalidOperationException("There are not two.");

        var found = (await dev.Admin.GetAsync("vaults/looked-at/files?pattern=*.txt")).EnumerateArray().ToList();
        var differences = (await dev.Admin.GetAsync($"snapshots/{newer}/differences?vault=looked-at&from={older}")).EnumerateArray().ToList();
        var figures = await dev.Admin.GetAsync("vaults/looked-at/statistics");

        Assert.Equal(new[] { older, newer }.Order(StringComparer.Ordinal), found.Select(file => file.GetProperty("snapshot").GetString()).Order(StringComparer.Ordinal));
        Assert.All(found, file => Assert.Equal(Path.Combine(folder, "letter.txt"), file.GetProperty("path").GetString()));
        Assert.Contains(differences, file => (file.GetProperty("kind").GetString(), file.GetProperty("path").GetString()) == ("added", Path.Combine(folder, "bill.pdf")));
        Assert.Contains(differences, file => (file.GetProperty("kind").GetString(), file.GetProperty("path").GetString()) == ("modified", Path.Combine(folder, "letter.txt")));
        Assert.Equal(2, figures.GetProperty("snapshots").GetInt64());
        Assert.True(figures.GetProperty("restoreBytes").GetInt64() >= 35, figures.GetRawText());
        Assert.Equal((HttpStatusCode.BadRequest, "look.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Get, "vaults/looked-at/files"));
    }
}
