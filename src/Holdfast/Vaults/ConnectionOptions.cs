using System.CommandLine;
using System.CommandLine.Parsing;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary>The options of how a vault is reached, named as restic names them, and what opens it so.</summary>
internal sealed class ConnectionOptions
{
    private const int BytesPerUnit = 1024;
    private const long CacheBudgetBytes = 4L << 30;

    private readonly Option<string?> _authority = Arguments.Text("--cacert", "The PEM file with the authority of the server's certificate; else $HOLDFAST_CACERT.", "FILE");
    private readonly Option<int?> _upload = Limit("--limit-upload", "Send at most this many KiB a second.");
    private readonly Option<int?> _download = Limit("--limit-download", "Fetch at most this many KiB a second.");
    private readonly DurationOption _giveUpAfter = new("--give-up-after", "How long a vault on a server is tried again when it does not answer.", new RetryOptions().GiveUpAfter);
    private readonly Option<string?> _cacheFolder = Arguments.Text("--cache-dir", "Where indexes and trees of a vault that is elsewhere are kept; else $XDG_CACHE_HOME/holdfast or ~/.cache/holdfast.", "DIR");
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Keep nothing of a vault that is elsewhere on this machine." };

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_authority, _upload, _download, _giveUpAfter, _cacheFolder, _noCache]) command.Add(option);
    }

    /// <summary>Where a vault is; nothing is read there.</summary>
    public IVaultBackend Open(Invocation run, string url)
    {
        var place = VaultUrl.Parse(url);
        var backend = VaultBackends.Open(place, new()
        {
            CertificateAuthorityFile = run.Get(_authority),
            UploadBytesPerSecond = run.Get(_upload) * (long)BytesPerUnit,
            DownloadBytesPerSecond = run.Get(_download) * (long)BytesPerUnit,
            Time = run.Surroundings.Time,
            Environment = run.Surroundings.Environment,
            Retry = new() { GiveUpAfter = run.Get(_giveUpAfter) },
            Waiting = new WaitNotice(run).Tell,
        });
        // A directory is as near as a cache would be.
        return place is VaultUrl.Directory || CacheFolder(run) is not { } folder ? backend : new CachingBackend(backend, folder, CacheBudgetBytes, run.Surroundings.Time);
    }

    /// <summary>Opens a vault; its index is not read yet.</summary>
    public async Task<OpenedVault> OpenAsync(Invocation run, string url, Func<Task<VaultPassword>> ask, VaultOptions options, CancellationToken cancellationToken)
    {
        var backend = Open(run, url);
        try
        {
            using var password = await ask();
            var vault = await VaultRepository.OpenAsync(backend, password, options, cancellationToken);
            if (backend is CachingBackend cache)
            {
                cache.IsTreePack = file => BlobId.TryParse(file.Name, out var pack) && vault.Index.HoldsTrees(pack);
                cache.UseVault(vault.Config.Id);
            }

            return new OpenedVault(backend, vault);
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    private string? CacheFolder(Invocation run)
    {
        if (run.Get(_noCache)) return null;
        if (run.Get(_cacheFolder) is { } named) return named;
        if (run.Surroundings.Environment("XDG_CACHE_HOME") is { Length: > 0 } caches) return Path.Join(caches, HoldfastCommandLine.Name);
        return run.Surroundings.Environment("HOME") is { Length: > 0 } home ? Path.Join(home, ".cache", HoldfastCommandLine.Name) : null;
    }

    private static Option<int?> Limit(string name, string help)
    {
        var limit = new Option<int?>(name) { Description = help, HelpName = "KIB" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is <= 0) result.AddError($"{name} must be more than 0");
        });
        return limit;
    }
}
