namespace Holdfast.Vault.Backends;

/// <summary>Limits the bytes a second to and from a vault.</summary>
/// <remarks>A whole file passes at once when it has been waited for: the limit holds on average over some files, not for each moment.</remarks>
public sealed class LimitedBackend : IVaultBackend
{
    private readonly IVaultBackend _inner;
    private readonly TokenBucket? _up;
    private readonly TokenBucket? _down;

    /// <summary>Limits a vault; it is disposed with this.</summary>
    /// <param name="inner">The vault.</param>
    /// <param name="uploadBytesPerSecond">At least 1, or null for no limit.</param>
    /// <param name="downloadBytesPerSecond">At least 1, or null for no limit.</param>
    /// <param name="time">The clock.</param>
    public LimitedBackend(IVaultBackend inner, long? uploadBytesPerSecond, long? downloadBytesPerSecond, TimeProvider time)
    {
        _inner = inner;
        if (uploadBytesPerSecond is { } up) _up = new(Positive(up, nameof(uploadBytesPerSecond)), time);
        if (downloadBytesPerSecond is { } down) _down = new(Positive(down, nameof(downloadBytesPerSecond)), time);
    }

    /// <inheritdoc/>
    public string Location => _inner.Location;

    /// <inheritdoc/>
    public int WritesAtOnce => _inner.WritesAtOnce;

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => _inner.CreateAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (_up is not null) await _up.TakeAsync(content.Length, cancellationToken);
        await _inner.SaveAsync(file, content, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken)
    {
        var content = await _inner.LoadAsync(file, cancellationToken);
        if (_down is not null) await _down.TakeAsync(content.Length, cancellationToken); // Its length is known only now; what comes next waits for it.
        return content;
    }

    /// <inheritdoc/>
    public async Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_down is not null) await _down.TakeAsync(buffer.Length, cancellationToken);
        await _inner.ReadAsync(file, offset, buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken) => _inner.ListAsync(kind, cancellationToken);

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => _inner.LengthAsync(file, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => _inner.RemoveAsync(file, cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveLeftoversAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) => _inner.RemoveLeftoversAsync(writtenBefore, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private static long Positive(long value, string name) => value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, "A limit is at least 1 byte a second.");
}
