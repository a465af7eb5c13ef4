using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Tests.Chunking;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Repository;

/// <summary>restic judges what we write, and we what it writes.</summary>
public sealed class RefereeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_we_write_passes_its_check_and_a_file_that_it_backed_up_has_the_same_chunks(int version)
    {
        await using var restic = await Restic.StartAsync(version);
        var content = ChunkerTests.Some(seed: 21, length: 9 * 1024 * 1024);
        Array.Fill(content, (byte)'x', 3_000_000, 2_000_000);
        var folder = restic.WriteFiles("source");
        await File.WriteAllBytesAsync(Path.Combine(folder, "big"), content);

        await restic.RunAsync("backup", folder);
        await restic.Vault.LoadIndexAsync(default);
        var chunker = new Chunker(restic.Vault.Config.ChunkerPolynomial);
        var saved = new List<SavedBlob>();
        foreach (var chunk in Chunks(chunker, content)) saved.Add(await restic.Vault.SaveAsync(BlobKind.Data, chunk, default));

        Assert.All(saved, blob => Assert.False(blob.IsNew));
        Assert.InRange(saved.Count, 2, 18); // By the polynomial, which is random: at least one cut by the maximum, at most all by the minimum.

        for (var piece = 0; piece < 100; piece++) Assert.True((await restic.Vault.SaveAsync(piece % 5 == 0 ? BlobKind.Tree : BlobKind.Data, TestVault.Piece(piece, 10_000 + piece), default)).IsNew);
        await restic.Vault.FlushAsync(default);
        await restic.RunAsync("check", "--read-data");
        var listed = await restic.RunAsync("list", "blobs");
        Assert.All(Enumerable.Range(0, 100), piece => Assert.Contains(BlobId.Of(TestVault.Piece(piece, 10_000 + piece)).ToString(), listed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_opens_our_keys_and_we_open_those_that_it_changes()
    {
        await using var restic = await Restic.StartAsync();
        using var second = new VaultPassword("second");
        var added = await restic.Vault.Keys.AddAsync(second, new(1024, 8, 1), default);
        Assert.Contains(added[..8], await restic.RunAsync("key", "list"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(restic["new"], "third");
        await restic.RunAsync("key", "passwd", "--new-password-file", restic["new"]);

        using var third = new VaultPassword("third");
        await using var opened = await Holdfast.Vault.Repository.VaultRepository.OpenAsync(restic.Backend, third, default);
        Assert.Equal(restic.Vault.Config, opened.Config);
    }

    private static IEnumerable<byte[]> Chunks(Chunker chunker, byte[] content)
    {
        var at = 0;
        foreach (var length in ChunkerTests.InOneGo(chunker, content))
        {
            yield return content[at..(at + length)];
            at += length;
        }
    }
}
