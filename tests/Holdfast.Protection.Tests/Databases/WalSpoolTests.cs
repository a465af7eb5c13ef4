using System.Buffers.Binary;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Tests.Databases;

public sealed class WalSpoolTests : IDisposable
{
    private const int SegmentBytes = 1 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-spool-").FullName;

    private WalSpool Spool => new(Path.Combine(_folder, "spool"));

    [Fact]
    public void A_file_is_archived_once_however_often_it_is_asked()
    {
        var segment = Segment(1, system: 7);

        Spool.Archive(segment);
        Spool.Archive(segment);

        Assert.Equal([Path.GetFileName(segment)], Spool.List());
        Assert.Equal(File.ReadAllBytes(segment), File.ReadAllBytes(Spool.PathOf(Path.GetFileName(segment))));
        Assert.Single(Directory.EnumerateFileSystemEntries(Spool.Folder));
    }

    [Fact]
    public void Another_file_of_the_same_name_is_refused_and_the_first_is_kept()
    {
        var segment = Segment(1, system: 7);
        Spool.Archive(segment);
        var first = File.ReadAllBytes(segment);
        using (var other = File.OpenHandle(segment, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(other, [1], SegmentBytes - 1);

        var refused = Assert.Throws<HoldfastException>(() => Spool.Archive(segment));

        Assert.Equal("database.archive-differs", refused.Code);
        Assert.Equal(first, File.ReadAllBytes(Spool.PathOf(Path.GetFileName(segment))));
    }

    [Fact]
    public void What_an_attempt_that_died_left_behind_is_no_segment_and_is_cleared_away()
    {
        var segment = Segment(1, system: 7);
        Directory.CreateDirectory(Spool.Folder);
        File.WriteAllText(Path.Combine(Spool.Folder, $".{Path.GetFileName(segment)}.4711"), "half");

        Assert.Empty(Spool.List());
        Spool.Archive(segment);

        Assert.Single(Directory.EnumerateFileSystemEntries(Spool.Folder));
    }

    [Fact]
    public async Task Only_what_was_stored_leaves_the_spool_and_what_comes_later_is_stored_by_the_next()
    {
        await using var vault = await VaultAsync();
        Spool.Archive(Segment(1, system: 7));
        Spool.Archive(Segment(2, system: 7));
        var first = await BackupAsync(vault, "orders");
        Spool.Archive(Segment(3, system: 7));
        var second = await BackupAsync(vault, "orders");

        Assert.Equal([1ul, 2], PostgresLog.Of(first!.Saved).Segments.Select(segment => segment.Number));
        Assert.Equal([3ul], PostgresLog.Of(second!.Saved).Segments.Select(segment => segment.Number));
        Assert.Equal("7", first.Saved.Facts.Id);
        Assert.Empty(Spool.List());
        Assert.Null(await BackupAsync(vault, "orders"));
    }

    [Fact]
    public async Task The_log_of_another_database_is_refused_and_stays_in_the_spool()
    {
        await using var vault = await VaultAsync();
        Spool.Archive(Segment(1, system: 7));
        await BackupAsync(vault, "orders");
        Spool.Archive(Segment(2, system: 8));

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => BackupAsync(vault, "orders"));

        Assert.Equal("database.log-foreign", refused.Code);
        Assert.Single(Spool.List());
    }

    [Fact]
    public async Task A_segment_that_is_not_what_its_name_says_is_refused()
    {
        await using var vault = await VaultAsync();
        File.Move(Segment(1, system: 7), Path.Combine(_folder, "000000010000000000000002"));
        Spool.Archive(Path.Combine(_folder, "000000010000000000000002"));

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => BackupAsync(vault, "orders"));

        Assert.Equal("database.log-damaged", refused.Code);
    }

    [Fact]
    public async Task Nothing_leaves_the_spool_when_the_vault_gives_back_something_else()
    {
        var backend = new MemoryBackend();
        await using var vault = await VaultAsync(new RottenBackend(backend));
        Spool.Archive(Segment(1, system: 7));

        await Assert.ThrowsAsync<HoldfastException>(() => BackupAsync(vault, "orders"));

        Assert.Single(Spool.List());
        Assert.Empty(await DatabaseCatalog.ListAsync(vault, default));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<VaultRepository> VaultAsync(IVaultBackend? backend = null)
    {
        using var password = new VaultPassword("secret");
        return await VaultRepository.InitAsync(backend ?? new MemoryBackend(), password, new() { KeyDerivation = new ScryptParameters(1024, 8, 1) }, default);
    }

    private Task<DatabaseBackupResult?> BackupAsync(VaultRepository vault, string name) => new PostgresLogBackup(vault, TimeProvider.System).RunAsync(name, Spool, default);

    private string Segment(ulong number, ulong system)
    {
        var content = new byte[SegmentBytes];
        new Random((int)number).NextBytes(content);
        BinaryPrimitives.WriteUInt16LittleEndian(content, 0xD110);
        BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(2), 2);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(8), number * SegmentBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(24), system);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(32), SegmentBytes);
        var path = Path.Combine(_folder, new WalSegment(1, number).Name(SegmentBytes));
        File.WriteAllBytes(path, content);
        return path;
    }
}
