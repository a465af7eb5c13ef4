using System.Diagnostics;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>A vault that the service knows, in a folder that is gone with the test.</summary>
public sealed class KnownVault : IAsyncDisposable
{
    private readonly DevService _dev;

    private KnownVault(DevService dev, string name) => (_dev, Name) = (dev, name);

    public string Name { get; }

    /// <summary>Gets a folder for what the test needs beside the vault.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("hfm-vault").FullName;

    public string Location => Path.Combine(Folder, "vault");

    private string Key => Path.Combine(Folder, "key");

    public static async Task<KnownVault> CreateAsync(DevService dev, string name)
    {
        var vault = new KnownVault(dev, name);
        await File.WriteAllTextAsync(vault.Key, "a password");
        await vault.RunAsync("vault", "init");
        await dev.Admin.PutAsync($"vaults/{name}", new { location = vault.Location, passwordFile = vault.Key });
        return vault;
    }

    /// <summary>Runs the product's command on it.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(DevService.Root(), "dist", "holdfast")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. arguments, "--vault", Location, "--password-file", Key]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (said, problem) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {await problem}");
        return await said;
    }

    /// <summary>Has the service list it.</summary>
    /// <returns>What its catalogue has then, the newest first.</returns>
    public async Task<IReadOnlyList<JsonElement>> ListAsync()
    {
        await _dev.Admin.PostAsync($"vaults/{Name}/catalogue");
        return await CatalogueAsync();
    }

    /// <summary>What the catalogue has of it, the newest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> CatalogueAsync() => [.. (await _dev.Admin.GetAsync($"snapshots?vault={Name}")).GetProperty("items").EnumerateArray()];

    public async ValueTask DisposeAsync()
    {
        (await _dev.Admin.SendAsync(HttpMethod.Delete, $"vaults/{Name}")).Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
