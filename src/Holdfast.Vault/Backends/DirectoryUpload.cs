using System.Diagnostics;

namespace Holdfast.Vault.Backends;

/// <summary>A file on its way into a directory: under a name that no reader looks at, until it is committed. Disposed before that, it never was.</summary>
internal sealed class DirectoryUpload : IAsyncDisposable
{
    private readonly DirectoryBackend _backend;
    private readonly VaultFile _file;
    private readonly string _target;
    private readonly string _partial;
    private readonly FileStream _content;
    private readonly UnixFileMode _mode;
    private long _length;
    private bool _isRenamed;

    internal DirectoryUpload(DirectoryBackend backend, VaultFile file, string target, string partial, FileStream content, UnixFileMode mode)
    {
        (_backend, _file, _target, _partial, _content, _mode) = (backend, file, target, partial, content, mode);
    }

    /// <summary>Adds to the content.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) => _backend.Run(() =>
    {
        _content.Write(piece.Span);
        _length += piece.Length;
    }, cancellationToken);

    /// <summary>Makes the file visible, whole and for good.</summary>
    /// <returns>Whether it is new; false when it was there already.</returns>
    public Task<bool> CommitAsync(CancellationToken cancellationToken) => _backend.Run(() =>
    {
        Debug.Assert(!_isRenamed, "An upload is committed once.");
        File.SetUnixFileMode(_content.SafeFileHandle, _mode);
        _content.Flush(flushToDisk: true);
        _content.Dispose();
        if (DurableFolder.TryRename(_partial, _target)) _isRenamed = true;
        else if (_file.Kind == VaultFileKind.Config || new FileInfo(_target) is not { Exists: true } other || other.Length != _length) throw BackendErrors.Exists(_backend, _file);
        // Also when the file was there: whoever wrote it may not have got as far as this.
        DurableFolder.Sync(Path.GetDirectoryName(_target)!);
        return _isRenamed;
    }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync();
        if (_isRenamed) return;
        try
        {
            File.Delete(_partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The disk is gone or read-only, and the error that led here says so; leftovers are ignored by readers.
        }
    }
}
