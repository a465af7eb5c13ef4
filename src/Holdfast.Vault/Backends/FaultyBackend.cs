using System.Runtime.CompilerServices;

namespace Holdfast.Vault.Backends;

/// <summary>What goes wrong with one call to a vault.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The vault cannot be reached, and nothing is done.</summary>
    Unreachable,

    /// <summary>It is done, but the answer does not arrive.</summary>
    LostAnswer,

    /// <summary>There is no space, and nothing is done.</summary>
    Full,

    /// <summary>A save breaks off half way: it fails, and nothing is there.</summary>
    BrokenOff,

    /// <summary>A save succeeds and half of the file is there: a disk that lost power and lied about what it had written.</summary>
    Torn,

    /// <summary>A save succeeds and nothing is there: a rename that was lost with the power.</summary>
    LostRename,

    /// <summary>What is read has a flipped bit in its middle.</summary>
    FlippedBit,

    /// <summary>It is done after <see cref="FaultyBackend.SlowFor"/>.</summary>
    Slow,

    /// <summary>From here on nothing can be reached.</summary>
    Gone,
}

/// <summary>What is called in a vault.</summary>
public enum BackendOperation
{
    /// <summary><see cref="IVaultBackend.CreateAsync"/>.</summary>
    Create,

    /// <summary><see cref="IVaultBackend.SaveAsync"/>.</summary>
    Save,

    /// <summary><see cref="IVaultBackend.LoadAsync"/>.</summary>
    Load,

    /// <summary><see cref="IVaultBackend.ReadAsync"/>.</summary>
    Read,

    /// <summary><see cref="IVaultBackend.ListAsync"/>; the file has no name.</summary>
    List,

    /// <summary><see cref="IVaultBackend.LengthAsync"/>.</summary>
    Length,

    /// <summary><see cref="IVaultBackend.RemoveAsync"/>.</summary>
    Remove,
}

/// <summary>One call to a vault.</summary>
/// <param name="Number">The how manieth it is, from 1.</param>
/// <param name="Operation">What is called.</param>
/// <param name="File">For which file.</param>
public readonly record struct BackendCall(int Number, BackendOperation Operation, VaultFile File);

/// <summary>A vault with which things go wrong, for tests: as a function of each call says.</summary>
/// <param name="inner">The vault; disposed with this.</param>
/// <param name="plan">What goes wrong with a call. Called from many threads.</param>
/// <param name="fullAfterBytes">How many bytes may be saved before it is full, or null for as many as one likes.</param>
/// <param name="time">The clock of what is slow.</param>
public sealed class FaultyBackend(IVaultBackend inner, Func<BackendCall, Fault> plan, long? fullAfterBytes = null, TimeProvider? time = null) : IVaultBackend
{
    private int _calls;
    private long _saved;
    private volatile bool _isGone;

    /// <summary>Gets how long a slow call takes.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan SlowFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how many calls there were.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public int WritesAtOnce => inner.WritesAtOnce;

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => CallAsync(BackendOperation.Create, default, async _ =>
    {
        await inner.CreateAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => CallAsync(BackendOperation.Save, file, async fault =>
    {
        if (Interlocked.Add(ref _saved, content.Length) > fullAfterBytes)
        {
            Interlocked.Add(ref _saved, -content.Length);
            throw BackendErrors.Full(this);
        }

        if (fault == Fault.BrokenOff) throw BackendErrors.Unreachable(this, $"it broke off in the middle of {file}.");
        if (fault == Fault.Torn) await inner.SaveAsync(file, content[..(content.Length / 2)], cancellationToken);
        else if (fault != Fault.LostRename) await inner.SaveAsync(file, content, cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => CallAsync(BackendOperation.Load, file, async fault =>
    {
        var content = await inner.LoadAsync(file, cancellationToken);
        Flip(fault, content);
        return content;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => CallAsync(BackendOperation.Read, file, async fault =>
    {
        await inner.ReadAsync(file, offset, buffer, cancellationToken);
        Flip(fault, buffer.Span);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync(BackendOperation.List, new(kind, ""), _ => Task.FromResult(true), cancellationToken);
        await foreach (var entry in inner.ListAsync(kind, cancellationToken)) yield return entry;
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) =>
        CallAsync(BackendOperation.Length, file, _ => inner.LengthAsync(file, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => CallAsync(BackendOperation.Remove, file, async _ =>
    {
        await inner.RemoveAsync(file, cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveLeftoversAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) => inner.RemoveLeftoversAsync(writtenBefore, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> CallAsync<T>(BackendOperation operation, VaultFile file, Func<Fault, Task<T>> call, CancellationToken cancellationToken)
    {
        var fault = plan(new(Interlocked.Increment(ref _calls), operation, file));
        if (fault == Fault.Gone) _isGone = true;
        if (_isGone || fault == Fault.Unreachable) throw BackendErrors.Unreachable(this, $"a fault was wanted for {operation} of {file}.");
        if (fault == Fault.Full) throw BackendErrors.Full(this);
        if (fault == Fault.Slow) await Task.Delay(SlowFor, time ?? TimeProvider.System, cancellationToken);
        var result = await call(fault);
        return fault == Fault.LostAnswer ? throw BackendErrors.Unreachable(this, $"the answer to {operation} of {file} was lost.") : result;
    }

    private static void Flip(Fault fault, Span<byte> content)
    {
        if (fault == Fault.FlippedBit && content.Length > 0) content[content.Length / 2] ^= 0x10;
    }
}
