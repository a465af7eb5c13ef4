using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>A vault and what a test needs beside it, all below one folder that goes with it.</summary>
public sealed class WorkerFolder : IAsyncLifetime
{
    public string Path { get; } = Directory.CreateTempSubdirectory("holdfast-worker-").FullName;

    public string Vault => In("vault");

    public string PasswordFile => In("password");

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(PasswordFile, "secret\n");
        Assert.Equal(0, (await CommandLineRun.OfAsync(["vault", "init", "--vault", Vault, "--password-file", PasswordFile])).Exit);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The properties of a job on this vault.</summary>
    public ImmutableSortedDictionary<string, PropertyValue> Properties(params (string Name, PropertyValue Value)[] more) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, more.Append(("vault", PropertyValue.Of(Vault))).Append(("password-file", PropertyValue.Of(PasswordFile))).Select(each => KeyValuePair.Create(each.Item1, each.Item2)));

    /// <summary>What a snapshot in the vault says of the machine that made it: its node, its shared volumes, and what was added.</summary>
    public async Task<(string? Node, string SharedVolumes, long? Delta)> MachineAsync(string snapshot)
    {
        using var listed = JsonDocument.Parse((await CommandLineRun.OfAsync(["snapshots", snapshot, "--json", "--vault", Vault, "--password-file", PasswordFile])).Out);
        var line = listed.RootElement[0];
        return (line.GetProperty("node").GetString(), string.Join(',', line.GetProperty("sharedVolumes").EnumerateArray().Select(volume => volume.GetString())), line.TryGetProperty("deltaBytes", out var delta) ? delta.GetInt64() : null);
    }

    /// <summary>Runs restic on the vault.</summary>
    public async Task<string> ResticAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("restic", ["--no-cache", "-r", Vault, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RESTIC_PASSWORD_FILE"] = PasswordFile;
        using var restic = Process.Start(start)!;
        var (output, errors) = (restic.StandardOutput.ReadToEndAsync(), restic.StandardError.ReadToEndAsync());
        await restic.WaitForExitAsync();
        Assert.True(restic.ExitCode == 0, $"restic {arguments[0]}: {await output}{await errors}");
        return await output;
    }
}
