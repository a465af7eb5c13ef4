namespace Holdfast.Vault.Backends;

/// <summary>Where the files of a vault are: a directory, a REST server, S3. Files are written once, whole, and never changed.</summary>
/// <remarks>
/// May be called from many threads at once. Errors: <c>vault.file-missing</c> (NotFound), <c>vault.file-exists</c> (Conflict), <c>vault.full</c>,
/// <c>vault.read-only</c> (Forbidden), <c>vault.unreachable</c> (Unavailable; worth another try), <c>vault.damaged</c>,
/// <c>vault.login-refused</c> and <c>vault.untrusted</c> (Forbidden). Each names the file and the vault.
/// </remarks>
public interface IVaultBackend : IAsyncDisposable
{
    /// <summary>Gets where it is, as messages name it: without a password.</summary>
    string Location { get; }

    /// <summary>Gets how many packs are best written at once: each takes memory, and only a writer who waits for a network wins by more than one.</summary>
    int WritesAtOnce => 1;

    /// <summary>Gets whether a file that was written is in every list that is begun afterwards, whoever asks: a file system does that, not every server.</summary>
    bool ShowsAtOnce => false;

    /// <summary>Makes the places for files, when they are missing.</summary>
    Task CreateAsync(CancellationToken cancellationToken);

    /// <summary>Writes a file. When it returns, the file is there whole and survives a loss of power; when it fails, or never returns, the file is there whole or not at all.</summary>
    /// <remarks>A file of that name that exists already is left as it is and <c>vault.file-exists</c> is thrown for <see cref="VaultFileKind.Config"/>; for other kinds the name
    /// is the hash of the content, so a file of the same name and length is success.</remarks>
    Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads a whole file.</summary>
    Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken);

    /// <summary>Fills the buffer from a place in a file; a file that ends before is <c>vault.damaged</c>.</summary>
    Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Lists the files of a kind, in no order. What is no file of a vault (partial writes, lost+found) is left out.</summary>
    IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken);

    /// <summary>The length of a file in bytes, or null when there is none.</summary>
    Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken);

    /// <summary>Removes a file; one that is gone already is no error.</summary>
    Task RemoveAsync(VaultFile file, CancellationToken cancellationToken);

    /// <summary>Removes what killed writers left half written, where a back end has such a thing; readers never see it, but it takes space.</summary>
    /// <param name="writtenBefore">Only what was last written before: nobody may be at work on it any more.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveLeftoversAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) => Task.FromResult(0);
}
