using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Store;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Workers;

/// <summary>The vault of a job, opened and locked for its worker.</summary>
internal sealed class WorkerVault : IAsyncDisposable
{
    // A lock whose owner lost power is stale after half an hour: a worker that gave up before would fail for nothing.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(5);

    private readonly IVaultBackend _backend;
    private readonly VaultLock _lock;
    private readonly CancellationTokenSource _working;

    private WorkerVault(IVaultBackend backend, VaultRepository repository, VaultLock held, CancellationToken stop)
    {
        (_backend, Repository, _lock) = (backend, repository, held);
        _working = CancellationTokenSource.CreateLinkedTokenSource(stop, held.Lost);
    }

    public VaultRepository Repository { get; }

    public VaultLock Lock => _lock;

    /// <summary>Gets the token of the work: the worker shall stop, or its lock is lost.</summary>
    public CancellationToken Working => _working.Token;

    /// <summary>Opens the vault and waits for the lock: exclusive to remove or rewrite, shared for anything else.</summary>
    public static Task<WorkerVault> OpenAsync(WorkerAssignment assignment, bool exclusive, WorkerTalk talk, TimeProvider time, CancellationToken stop) =>
        talk.PhaseAsync("open vault", () => OpenNowAsync(assignment, exclusive, talk, time, stop));

    private static async Task<WorkerVault> OpenNowAsync(WorkerAssignment assignment, bool exclusive, WorkerTalk talk, TimeProvider time, CancellationToken stop)
    {
        var url = VaultUrl.Parse(assignment.Needed("vault"));
        using var password = VaultPassword.FromFile(assignment.Needed("password-file"));
        var backend = VaultBackends.Open(url, new VaultConnectOptions { UploadBytesPerSecond = assignment.BytesPerSecond, DownloadBytesPerSecond = assignment.ReadBytesPerSecond, Time = time });
        VaultRepository? repository = null;
        try
        {
            repository = await VaultRepository.OpenAsync(backend, password, stop);
            return new WorkerVault(backend, repository, await LockAsync(repository, exclusive, talk, time, stop), stop);
        }
        catch
        {
            if (repository is not null) await repository.DisposeAsync();
            await backend.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does the work, and says so when the lock was lost on the way.</summary>
    /// <exception cref="HoldfastException">Code <c>vault.lock-lost</c>, or what the work throws.</exception>
    public async Task<T> WhileLockedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (_lock.Lost.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "vault.lock-lost", $"The lock of the vault {_backend.Location} was lost.", "The run goes on from its checkpoint.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _working.Dispose();
        await _lock.DisposeAsync();
        await Repository.DisposeAsync();
        await _backend.DisposeAsync();
    }

    private static async Task<VaultLock> LockAsync(VaultRepository repository, bool exclusive, WorkerTalk talk, TimeProvider time, CancellationToken stop)
    {
        string? told = null;
        for (var begun = time.GetTimestamp(); ;)
        {
            try
            {
                return exclusive ? await VaultLock.ExcludeAsync(repository, time, stop) : await VaultLock.ShareAsync(repository, time, stop);
            }
            catch (HoldfastException held) when (held.Code == "lock.held" && time.GetElapsedTime(begun) < LongestWait)
            {
                if (told is null) talk.Log($"waits: {told = held.Message}");
            }

            await time.PauseAsync(LookPause, stop);
            stop.ThrowIfCancellationRequested();
        }
    }
}
