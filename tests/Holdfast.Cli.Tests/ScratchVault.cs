using System.Diagnostics;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Tests;

/// <summary>A folder with a vault whose key is quick to open, and what a test puts beside it.</summary>
public sealed class ScratchVault : IDisposable
{
    private const string Password = "secret";

    private ScratchVault(string folder) => Folder = folder;

    public string Folder { get; }

    public string Vault => this["vault"];

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Makes one.</summary>
    /// <param name="parent">Where; null for the folder of temporary files.</param>
    public static async Task<ScratchVault> MakeAsync(string? parent = null)
    {
        var scratch = new ScratchVault(Directory.CreateDirectory(Path.Combine(parent ?? Path.GetTempPath(), $"holdfast-cli-{Guid.NewGuid():N}")).FullName);
        using var password = new VaultPassword(Password);
        await using var backend = new DirectoryBackend(scratch.Vault);
        await using var vault = await VaultRepository.InitAsync(backend, password, new() { KeyDerivation = new(1024, 8, 1) }, default);
        return scratch;
    }

    /// <summary>Writes a file, and returns its path.</summary>
    public string Write(string name, string content)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    internal Task<Ran> RunAsync(params string[] arguments) => RunWithAsync("", arguments);

    internal Task<Ran> RunWithAsync(string input, params string[] arguments) =>
        CommandLineRun.OfAsync(arguments, input, environment: name => name switch { "HOLDFAST_VAULT" => Vault, "HOLDFAST_PASSWORD" => Password, _ => null });

    /// <summary>Runs restic on the vault; what it printed.</summary>
    public string Restic(params string[] arguments) => Run("/usr/bin/restic", ["--no-cache", "-r", Vault, .. arguments]);

    /// <summary>Runs a program in the folder, with the vault's password in its environment.</summary>
    public string Run(string program, params string[] arguments) => Run(program, arguments, timeZone: "UTC");

    public string Run(string program, string[] arguments, string timeZone)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Folder };
        foreach (var (name, value) in new[] { ("RESTIC_PASSWORD", Password), ("HOLDFAST_PASSWORD", Password), ("HOLDFAST_VAULT", Vault), ("TMPDIR", Folder), ("TZ", timeZone) }) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{output}\n{error.Result}");
        return output;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
