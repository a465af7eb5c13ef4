using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Compression;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Repository;

/// <summary>An opened vault: a repository in restic's format. Thread safe.</summary>
/// <remarks>Whoever made the back end disposes it, after this. What was saved and not flushed is lost at the end, which harms nothing else.</remarks>
public sealed partial class VaultRepository : IBlobSource, IBlobSink, IAsyncDisposable
{
    private const int IndexesReadAtOnce = 4;

    private readonly MasterKey _key;
    private readonly Zstd _zstd;
    private readonly BlobCodec _blobs;
    private readonly UnpackedCodec _unpacked;
    private readonly PackReader _packs;
    private readonly PackSink _sink;

    private VaultRepository(IVaultBackend backend, VaultConfig config, MasterKey key, string keyName, VaultOptions options)
    {
        Backend = backend;
        Config = config;
        Keys = new(backend, key, keyName, options.Time);
        _key = key;
        _zstd = new(options.Compression);
        var compresses = config.Version >= 2;
        _blobs = new(key, _zstd, compresses && options.Compression != CompressionMode.Off, compresses);
        _unpacked = new(key, _zstd, config.Version);
        _packs = new(backend, key, _blobs);
        _sink = new(backend, key, _blobs, Index, new(SavePacksAsync, options.IndexInterval, options.Time), options.Uploads ?? backend.WritesAtOnce);
    }

    /// <summary>Gets its config.</summary>
    public VaultConfig Config { get; }

    /// <summary>Gets where its files are.</summary>
    public IVaultBackend Backend { get; }

    /// <summary>Gets its keys.</summary>
    public VaultKeys Keys { get; }

    /// <summary>Gets what is where: empty until <see cref="LoadIndexAsync(CancellationToken)"/>; afterwards it grows with what is written here.</summary>
    public VaultIndex Index { get; } = new();

    /// <summary>Makes a vault and opens it.</summary>
    /// <exception cref="HoldfastException"><c>vault.exists</c>, <c>vault.password-empty</c>, or what the back end says.</exception>
    public static async Task<VaultRepository> InitAsync(IVaultBackend backend, VaultPassword password, VaultInitOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Version, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Version, VaultConfig.NewestVersion);
        // First: a directory that is not there yet cannot be asked anything. In a vault it changes nothing.
        await backend.CreateAsync(cancellationToken);
        if (await backend.LengthAsync(VaultFile.Config, cancellationToken) is not null) throw VaultErrors.IsOne(backend);
        var time = TimeProvider.System;
        var key = MasterKey.Random();
        try
        {
            var config = ConfigFile.New(options);
            var name = await VaultKeys.AddAsync(backend, key, password, options.KeyDerivation, time, cancellationToken);
            try
            {
                // The config is last: a vault exists when it does, and of two that are made at once only one gets it.
                await backend.SaveAsync(VaultFile.Config, ConfigFile.Write(config, key), cancellationToken);
            }
            catch (HoldfastException taken) when (taken.Code == "vault.file-exists")
            {
                await backend.RemoveAsync(new(VaultFileKind.Key, name), cancellationToken);
                throw VaultErrors.IsOne(backend);
            }

            return new(backend, config, key, name, new VaultOptions());
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="OpenAsync(IVaultBackend, VaultPassword, VaultOptions, CancellationToken)"/>
    public static Task<VaultRepository> OpenAsync(IVaultBackend backend, VaultPassword password, CancellationToken cancellationToken) =>
        OpenAsync(backend, password, new VaultOptions(), cancellationToken);

    /// <summary>Opens a vault. Takes about half a second for each key that is tried: that is what makes passwords hard to guess.</summary>
    /// <exception cref="HoldfastException"><c>vault.not-one</c>, <c>vault.wrong-password</c>, <c>vault.too-new</c>, <c>vault.damaged</c>, or what the back end says.</exception>
    public static async Task<VaultRepository> OpenAsync(IVaultBackend backend, VaultPassword password, VaultOptions options, CancellationToken cancellationToken)
    {
        byte[] file;
        try
        {
            file = await backend.LoadAsync(VaultFile.Config, cancellationToken);
        }
        catch (HoldfastException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            throw VaultErrors.NotOne(backend, missing);
        }

        var (key, name) = await VaultKeys.FindAsync(backend, password, cancellationToken);
        try
        {
            return new(backend, ConfigFile.Read(backend, file, key), key, name, options);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads the index files, anew if they were read before. Not while blobs are being saved.</summary>
    /// <exception cref="HoldfastException"><c>vault.damaged</c> names the file that cannot be read.</exception>
    public Task LoadIndexAsync(CancellationToken cancellationToken) => LoadIndexAsync(unreadable: null, cancellationToken);

    /// <summary>Reads the index files for somebody who only reads: what can be read of them.</summary>
    /// <param name="unreadable">Is told of each that is damaged or gone; null to end with the first of them. Who writes would store again what it lists, and who removes must know all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LoadIndexAsync(Action<VaultFile, HoldfastException>? unreadable, CancellationToken cancellationToken)
    {
        Index.Clear();
        await Parallel.ForEachAsync(
            Backend.ListAsync(VaultFileKind.Index, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = IndexesReadAtOnce, CancellationToken = cancellationToken },
            async (entry, token) =>
            {
                try
                {
                    Index.Add(entry.File.Name, await LoadIndexFileAsync(entry.File, token));
                }
                catch (HoldfastException error) when (unreadable is not null && (error.Kind is ErrorKind.Conflict or ErrorKind.NotFound))
                {
                    unreadable(entry.File, error);
                }
            });
    }

    /// <inheritdoc/>
    public bool TryGetLength(BlobKind kind, BlobId id, out int length)
    {
        var found = Index.TryFind(kind, id, out var blob);
        length = found ? blob.ContentLength : 0;
        return found;
    }

    /// <inheritdoc/>
    /// <remarks>If one pack's copy is damaged or gone, the others are tried.</remarks>
    public async Task<byte[]> LoadAsync(BlobKind kind, BlobId id, CancellationToken cancellationToken)
    {
        if (!Index.TryFind(kind, id, out var first)) throw VaultErrors.BlobMissing(Backend, kind, id);
        try
        {
            return await _packs.LoadAsync(first, cancellationToken);
        }
        catch (HoldfastException bad) when (bad.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            // The first one's fault is what is reported if no copy is better.
            if (await LoadCopyAsync(first, cancellationToken) is { } copy) return copy;
            throw;
        }
    }

    /// <summary>Reads several blobs of one pack with as few requests as sensible, in the order in which they lie there.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="blobs">Entries of the index that are in it, in any order.</param>
    /// <param name="receive">Takes each content; its memory is reused when the task has ended.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <remarks>A damaged blob is taken from another pack if one has it. Memory: some 8 MiB and the largest blob twice.</remarks>
    /// <exception cref="HoldfastException"><c>blob.damaged</c>, <c>vault.damaged</c>, <c>vault.file-missing</c>, or what the back end says.</exception>
    public Task ReadPackAsync(BlobId pack, IReadOnlyList<PackedBlob> blobs, Func<PackedBlob, ReadOnlyMemory<byte>, ValueTask> receive, CancellationToken cancellationToken) =>
        _packs.ReadAsync(pack, blobs, receive, async (blob, bad) => await LoadCopyAsync(blob, cancellationToken) ?? throw bad, cancellationToken);

    /// <summary>Reads the header at the end of a pack: what an index must say of it.</summary>
    /// <exception cref="HoldfastException"><c>vault.damaged</c>, <c>vault.file-missing</c>, or what the back end says.</exception>
    public Task<IReadOnlyList<PackedBlob>> ReadPackHeaderAsync(BlobId pack, long length, CancellationToken cancellationToken) => _packs.ReadHeaderAsync(pack, length, cancellationToken);

    /// <summary>Reads a file that is no pack: decrypted, decompressed, and compared with its name.</summary>
    /// <exception cref="HoldfastException"><c>vault.damaged</c>, <c>vault.file-missing</c>, or what the back end says.</exception>
    public async Task<byte[]> LoadUnpackedAsync(VaultFile file, CancellationToken cancellationToken)
    {
        var box = await Backend.LoadAsync(file, cancellationToken);
        if (file.Kind != VaultFileKind.Config && Convert.ToHexStringLower(SHA256.HashData(box)) != file.Name) throw VaultErrors.Damaged(Backend, file, "its content is not what its name says");
        return _unpacked.Open(box, out var plain) is { } wrong ? throw VaultErrors.Damaged(Backend, file, wrong) : plain;
    }

    /// <summary>Writes a file that is no pack (snapshot, lock, index) and returns its name.</summary>
    public async Task<string> SaveUnpackedAsync(VaultFileKind kind, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        if (kind is VaultFileKind.Config or VaultFileKind.Key or VaultFileKind.Pack) throw new ArgumentException($"Not a kind that is written so: {kind}.", nameof(kind));
        var box = _unpacked.Seal(plain.Span);
        var name = Convert.ToHexStringLower(SHA256.HashData(box));
        await Backend.SaveAsync(new(kind, name), box, cancellationToken);
        return name;
    }

    internal async Task<IndexContents> LoadIndexFileAsync(VaultFile file, CancellationToken cancellationToken)
    {
        var json = await LoadUnpackedAsync(file, cancellationToken);
        try
        {
            return IndexJson.Read(json);
        }
        catch (JsonException wrong)
        {
            throw VaultErrors.Damaged(Backend, file, wrong.Message, wrong);
        }
    }

    private async Task<byte[]?> LoadCopyAsync(PackedBlob bad, CancellationToken cancellationToken)
    {
        foreach (var copy in Index.FindAll(bad.Kind, bad.Id))
        {
            if (copy == bad) continue;
            try
            {
                return await _packs.LoadAsync(copy, cancellationToken);
            }
            catch (HoldfastException worse) when (worse.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // The next one; what was wrong with the first is what is reported.
            }
        }

        return null;
    }
}
