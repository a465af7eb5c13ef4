using System.Runtime.CompilerServices;

namespace Holdfast.Vault.Backends;

/// <summary>Asks again when a vault cannot be reached; every other answer is final.</summary>
/// <param name="inner">The vault; disposed with this.</param>
/// <param name="options">How often and how long.</param>
/// <param name="time">The clock of the waits.</param>
/// <param name="random">The chance in the waits, so that a hundred clients of one server do not come back at the same moment.</param>
public sealed class RetryingBackend(IVaultBackend inner, RetryOptions options, TimeProvider time, Random? random = null) : IVaultBackend
{
    private readonly Random _random = random ?? Random.Shared;

    /// <summary>Is called before each wait: what happened, and how long the wait is. A progress view says so to whoever looks at it.</summary>
    public event Action<HoldfastException, TimeSpan>? Waiting;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public int WritesAtOnce => inner.WritesAtOnce;

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => AgainAsync(() => inner.CreateAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var attempts = 0;
        try
        {
            await AgainAsync(() =>
            {
                attempts++;
                return inner.SaveAsync(file, content, cancellationToken);
            }, cancellationToken);
        }
        catch (HoldfastException exists) when (exists.Code == "vault.file-exists" && attempts > 1)
        {
            // The attempt before may have succeeded and only its answer was lost: then what is there is ours.
            var present = await LoadAsync(file, cancellationToken);
            if (!content.Span.SequenceEqual(present)) throw;
        }
    }

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => AgainAsync(() => inner.LoadAsync(file, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        AgainAsync(() => inner.ReadAsync(file, offset, buffer, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Only until the first entry is out: what was given away cannot be taken back. Back ends that are elsewhere ask for all before that.
        var list = await AgainAsync(async () =>
        {
            var entries = inner.ListAsync(kind, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                return (Entries: entries, Has: await entries.MoveNextAsync());
            }
            catch
            {
                await entries.DisposeAsync();
                throw;
            }
        }, cancellationToken);
        await using var entries = list.Entries;
        for (var has = list.Has; has; has = await entries.MoveNextAsync()) yield return entries.Current;
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => AgainAsync(() => inner.LengthAsync(file, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => AgainAsync(() => inner.RemoveAsync(file, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveLeftoversAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) =>
        AgainAsync(() => inner.RemoveLeftoversAsync(writtenBefore, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task AgainAsync(Func<Task> call, CancellationToken cancellationToken) => AgainAsync(async () =>
    {
        await call();
        return true;
    }, cancellationToken);

    private async Task<T> AgainAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var wait = options.First;
        long? firstFailure = null;
        while (true)
        {
            try
            {
                return await call();
            }
            catch (HoldfastException unreachable) when (unreachable.Code == "vault.unreachable")
            {
                firstFailure ??= time.GetTimestamp();
                var pause = wait * (0.5 + _random.NextDouble() / 2);
                if (time.GetElapsedTime(firstFailure.Value) + pause > options.GiveUpAfter) throw;
                Waiting?.Invoke(unreachable, pause);
                await Task.Delay(pause, time, cancellationToken);
                wait = wait * 2 < options.Longest ? wait * 2 : options.Longest;
            }
        }
    }
}
