using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Holdfast.Vault.Backends;

/// <summary>A vault in memory, for tests and rehearsals.</summary>
public sealed class MemoryBackend(string location = "memory:") : IVaultBackend
{
    private readonly ConcurrentDictionary<VaultFile, byte[]> _files = [];

    /// <inheritdoc/>
    public string Location => location;

    /// <inheritdoc/>
    public bool ShowsAtOnce => true;

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _files.TryAdd(file, content.ToArray()) || (file.Kind != VaultFileKind.Config && _files[file].Length == content.Length)
            ? Task.CompletedTask
            : Task.FromException(BackendErrors.Exists(this, file));

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) =>
        _files.TryGetValue(file, out var content) ? Task.FromResult(content.ToArray()) : Task.FromException<byte[]>(BackendErrors.Missing(this, file));

    /// <inheritdoc/>
    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_files.TryGetValue(file, out var content)) return Task.FromException(BackendErrors.Missing(this, file));
        if (offset < 0 || offset + buffer.Length > content.Length) return Task.FromException(BackendErrors.TooShort(this, file, offset + buffer.Length));
        content.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (file, content) in _files.Where(pair => pair.Key.Kind == kind).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new(file, content.Length);
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(_files.TryGetValue(file, out var content) ? content.Length : null);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken)
    {
        _files.TryRemove(file, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
