using System.Diagnostics;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Tests.Backends;

namespace Holdfast.Vault.Tests.Vaults;

/// <summary>restic itself, and a vault in a folder that it and we share. Its key is quick to open.</summary>
internal sealed class Restic : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Scratch _scratch = new();

    private Restic() => Backend = new DirectoryBackend(_scratch["vault"]);

    public DirectoryBackend Backend { get; }

    public VaultRepository Vault { get; private set; } = null!;

    /// <summary>A path beside the vault.</summary>
    public string this[string name] => _scratch[name];

    public static async Task<Restic> StartAsync(int version = 2)
    {
        var restic = new Restic();
        restic.Vault = await TestVault.InitAsync(restic.Backend, version);
        return restic;
    }

    /// <summary>With a copy of a vault.</summary>
    public static async Task<Restic> StartAsync(IVaultBackend original)
    {
        var restic = new Restic();
        await restic.Backend.CreateAsync(default);
        await TestVault.CopyAsync(original, restic.Backend);
        restic.Vault = await TestVault.OpenAsync(restic.Backend);
        return restic;
    }

    /// <summary>Runs it; what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (status, output, errors) = await TryAsync(arguments);
        Assert.True(status == 0, $"restic {string.Join(' ', arguments)}: {status}\n{output}\n{errors}");
        return output;
    }

    public async Task<(int Status, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    /// <summary>Starts it with its standard input open.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/restic", ["--no-cache", "-r", _scratch["vault"], .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["RESTIC_PASSWORD"] = "secret";
        start.Environment["TMPDIR"] = _scratch.Path;
        start.Environment["TZ"] = "UTC";
        return Process.Start(start)!;
    }

    public static async Task<(int Status, string Output, string Errors)> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>Writes files to back up: their contents from the numbers.</summary>
    public string WriteFiles(string folder, params int[] pieces)
    {
        var path = Directory.CreateDirectory(_scratch[folder]).FullName;
        foreach (var piece in pieces) File.WriteAllBytes(Path.Combine(path, $"file{piece}"), TestVault.Piece(piece, 20_000));
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        await Backend.DisposeAsync();
        _scratch.Dispose();
    }
}
