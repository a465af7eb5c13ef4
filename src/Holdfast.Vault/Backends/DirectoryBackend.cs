using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Vault.Backends;

/// <summary>A vault in a directory, laid out as restic lays it out (design.rst of restic, "Repository Layout"): <c>config</c>, <c>keys/</c>, <c>locks/</c>,
/// <c>snapshots/</c>, <c>index/</c>, and packs in <c>data/00/</c> to <c>data/ff/</c>.</summary>
/// <remarks>A file is written under another name in its own folder, synced, renamed, and the folder synced: it is there whole or not at all.</remarks>
public sealed class DirectoryBackend : IVaultBackend
{
    private readonly VaultLayout _layout;
    private UnixFileMode? _sharedWithGroup;

    /// <summary>The vault in a directory, which need not exist yet.</summary>
    /// <param name="path">The directory; a relative path is taken from the current directory.</param>
    public DirectoryBackend(string path) => _layout = new(Path.GetFullPath(path));

    /// <inheritdoc/>
    public string Location => _layout.Root;

    /// <inheritdoc/>
    public bool ShowsAtOnce => true;

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => Run(() =>
    {
        foreach (var folder in _layout.Folders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CreateFolder(folder);
        }

        DurableFolder.Sync(_layout.PackFolder);
        DurableFolder.Sync(_layout.Root);
        if (Path.GetDirectoryName(_layout.Root) is { } parent) DurableFolder.Sync(parent);
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using var upload = await BeginUploadAsync(file, cancellationToken);
        await upload.WriteAsync(content, cancellationToken);
        await upload.CommitAsync(cancellationToken);
    }

    /// <summary>Begins a file whose content comes piece by piece; nothing of it is visible before <see cref="DirectoryUpload.CommitAsync"/>.</summary>
    internal Task<DirectoryUpload> BeginUploadAsync(VaultFile file, CancellationToken cancellationToken) => Run(() =>
    {
        var target = _layout.PathOf(file);
        var partial = $"{target}-tmp-{RandomNumberGenerator.GetHexString(12, lowercase: true)}"; // restic's pattern: both tools know what to ignore.
        return new DirectoryUpload(this, file, target, partial, OpenNew(partial), FileModes);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => Run(() =>
    {
        using var handle = Open(file);
        var content = new byte[RandomAccess.GetLength(handle)];
        ReadExactly(handle, file, 0, content);
        return content;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => Run(() =>
    {
        using var handle = Open(file);
        ReadExactly(handle, file, offset, buffer.Span);
    }, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Folder by folder: a vault of tens of terabytes has a million packs, and the first should be known before the last is found.
        foreach (var folder in _layout.FoldersOf(kind))
        {
            foreach (var entry in await Run(() => ListFolder(kind, folder), cancellationToken)) yield return entry;
        }
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => Run(() =>
    {
        var info = new FileInfo(_layout.PathOf(file));
        if (info.Exists) return info.Length;
        DemandVault();
        return default(long?);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => TryRemoveAsync(file, cancellationToken);

    /// <summary>Removes a file; false when it was gone already, for whoever counts what is stored.</summary>
    internal Task<bool> TryRemoveAsync(VaultFile file, CancellationToken cancellationToken) => Run(() =>
    {
        var isThere = DurableFolder.TryRemove(_layout.PathOf(file));
        if (!isThere) DemandVault();
        return isThere;
    }, cancellationToken);

    /// <summary>Opens a file to be read from in pieces.</summary>
    internal Task<SafeFileHandle> OpenAsync(VaultFile file, CancellationToken cancellationToken) => Run(() => Open(file), cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveLeftoversAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) =>
        Run(() => _layout.Folders.Where(Directory.Exists).Sum(folder => Leftovers.Remove(folder, writtenBefore, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs file calls, which block whoever runs them, and turns what the system says into what back ends say.</summary>
    /// <remarks>On the caller's thread: another would be blocked as long, and to hand each call over took more of a short command than the calls. Who wants several at once has threads for them.</remarks>
    internal Task<T> Run<T>(Func<T> call, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        try
        {
            return Task.FromResult(call());
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error is IOException or UnauthorizedAccessException ? DirectoryErrors.Of(this, error) : error);
        }
    }

    internal Task Run(Action call, CancellationToken cancellationToken) => Run(() =>
    {
        call();
        return true;
    }, cancellationToken);

    // A vault whose config the group may read is shared with the group: so are new files (restic's rule).
    private UnixFileMode GroupModes => _sharedWithGroup ??= File.Exists(_layout.PathOf(VaultFile.Config))
        ? File.GetUnixFileMode(_layout.PathOf(VaultFile.Config)) & UnixFileMode.GroupRead
        : UnixFileMode.None;

    private UnixFileMode FileModes => UnixFileMode.UserRead | GroupModes;

    private UnixFileMode FolderModes => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | (GroupModes == UnixFileMode.None ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute);

    private void CreateFolder(string folder)
    {
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, FolderModes);
    }

    private FileStream OpenNew(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete, // No advisory lock: nobody else knows the name, and network file systems are slow to lock.
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            return new(path, options);
        }
        catch (DirectoryNotFoundException) when (Directory.Exists(_layout.Root) && Path.GetDirectoryName(path) is { } folder && folder != _layout.Root)
        {
            // A vault that was copied by hand may lack empty folders.
            CreateFolder(folder);
            DurableFolder.Sync(Path.GetDirectoryName(folder)!);
            return new(path, options);
        }
    }

    private SafeFileHandle Open(VaultFile file)
    {
        try
        {
            return File.OpenHandle(_layout.PathOf(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            DemandVault();
            throw BackendErrors.Missing(this, file);
        }
    }

    private void ReadExactly(SafeFileHandle handle, VaultFile file, long offset, Span<byte> buffer)
    {
        var wanted = offset + buffer.Length;
        while (!buffer.IsEmpty)
        {
            var count = RandomAccess.Read(handle, buffer, offset);
            if (count == 0) throw BackendErrors.TooShort(this, file, wanted);
            offset += count;
            buffer = buffer[count..];
        }
    }

    private List<VaultFileEntry> ListFolder(VaultFileKind kind, string folder)
    {
        var entries = new List<VaultFileEntry>();
        if (kind == VaultFileKind.Config)
        {
            var config = new FileInfo(_layout.PathOf(VaultFile.Config));
            if (config.Exists) entries.Add(new(VaultFile.Config, config.Length));
            else DemandVault();
            return entries;
        }

        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
            {
                if (VaultLayout.IsName(file.Name) && TryLength(file) is { } length) entries.Add(new(new(kind, file.Name), length));
            }
        }
        catch (DirectoryNotFoundException)
        {
            DemandVault();
        }

        return entries;
    }

    // A file may be removed between the reading of its folder and the look at it.
    private static long? TryLength(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    // A disk that is not mounted must not look like a vault that has lost all of its files.
    private void DemandVault()
    {
        if (!Directory.Exists(_layout.Root)) throw DirectoryErrors.Gone(this);
    }
}
