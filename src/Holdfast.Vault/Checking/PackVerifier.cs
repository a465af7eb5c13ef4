using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Checking;

/// <summary>Reads one pack whole and compares everything in it: its name, its header with the index, each blob with its id.</summary>
internal static class PackVerifier
{
    /// <summary>What is wrong with it.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="listed">What the index lists of it, each blob once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<VaultProblem>> VerifyAsync(VaultRepository vault, BlobId pack, long length, IReadOnlyList<PackedBlob> listed, CancellationToken cancellationToken)
    {
        if (length > Array.MaxLength) return [Problems.PackDamaged(pack, $"a pack of {length} bytes is longer than any program writes")];

        var buffer = BlobMemory.Rent((int)length);
        try
        {
            var content = buffer.AsMemory(0, (int)length);
            await vault.Backend.ReadAsync(new(VaultFileKind.Pack, pack.ToString()), 0, content, cancellationToken);
            return await VerifyAsync(vault, pack, content, listed, cancellationToken);
        }
        catch (HoldfastException error) when (error.Kind != ErrorKind.Unavailable)
        {
            return [Problems.PackUnreadable(pack, error)];
        }
        finally
        {
            BlobMemory.Return(buffer);
        }
    }

    private static async Task<IReadOnlyList<VaultProblem>> VerifyAsync(VaultRepository vault, BlobId pack, ReadOnlyMemory<byte> content, IReadOnlyList<PackedBlob> listed, CancellationToken cancellationToken)
    {
        List<VaultProblem> problems = [];
        if (BlobId.Of(content.Span) != pack) problems.Add(Problems.PackDamaged(pack, "its content is not what its name says"));

        try
        {
            var header = await vault.ReadPackHeaderAsync(pack, content, cancellationToken);
            if (!header.ToHashSet().SetEquals(listed)) problems.Add(Problems.PackDamaged(pack, "its header and the index list different blobs"));
        }
        catch (HoldfastException error)
        {
            problems.Add(Problems.PackDamaged(pack, error.Message));
        }

        foreach (var blob in listed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (WrongWith(vault, blob, content.Span) is { } wrong) problems.Add(Problems.BlobDamaged(blob, wrong));
        }

        return problems;
    }

    private static string? WrongWith(VaultRepository vault, PackedBlob blob, ReadOnlySpan<byte> pack)
    {
        if (blob.Offset + (long)blob.Length > pack.Length) return "the pack ends before it does";

        var content = BlobMemory.Rent(blob.ContentLength);
        try
        {
            return vault.TryOpen(blob, pack.Slice((int)blob.Offset, (int)blob.Length), content.AsSpan(0, blob.ContentLength));
        }
        finally
        {
            BlobMemory.Return(content);
        }
    }
}
