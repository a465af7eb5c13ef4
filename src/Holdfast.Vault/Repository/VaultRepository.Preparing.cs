using System.Security.Cryptography;
using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Repository;

public sealed partial class VaultRepository
{
    /// <summary>Seals a file without writing it, so that its name can be told to somebody before it is there. Writing it is <see cref="SaveAsync(PreparedFile, CancellationToken)"/>.</summary>
    public PreparedFile Prepare(VaultFileKind kind, ReadOnlySpan<byte> plain)
    {
        if (kind is VaultFileKind.Config or VaultFileKind.Key or VaultFileKind.Pack) throw new ArgumentException($"Not a kind that is written so: {kind}.", nameof(kind));
        var box = _unpacked.Seal(plain);
        return new PreparedFile(new(kind, Convert.ToHexStringLower(SHA256.HashData(box))), box);
    }

    /// <summary>Writes what was prepared.</summary>
    public Task SaveAsync(PreparedFile prepared, CancellationToken cancellationToken) => Backend.SaveAsync(prepared.File, prepared.Content, cancellationToken);
}
