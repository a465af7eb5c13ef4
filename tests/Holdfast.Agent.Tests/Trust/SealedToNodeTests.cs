using System.Security.Cryptography;
using Holdfast.Agent.Trust;

namespace Holdfast.Agent.Tests.Trust;

public sealed class SealedToNodeTests
{
    private static readonly byte[] Secret = [1, 2, 3, 4];
    private readonly ECDsa _node = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void What_is_sealed_to_a_node_it_can_open() => Assert.Equal(Secret, SealedToNode.Open(_node.ExportPkcs8PrivateKeyPem(), Sealed(), "key/b"));

    [Fact]
    public void Another_node_cannot_open_it()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.ThrowsAny<CryptographicException>(() => SealedToNode.Open(other.ExportPkcs8PrivateKeyPem(), Sealed(), "key/b"));
    }

    [Fact]
    public void It_cannot_be_passed_off_as_something_else() =>
        Assert.ThrowsAny<CryptographicException>(() => SealedToNode.Open(_node.ExportPkcs8PrivateKeyPem(), Sealed(), "key/c"));

    [Fact]
    public void A_changed_or_shortened_seal_is_refused()
    {
        var whole = Sealed();

        Assert.ThrowsAny<CryptographicException>(() => SealedToNode.Open(_node.ExportPkcs8PrivateKeyPem(), whole with { CipherText = [.. whole.CipherText[..^1], (byte)(whole.CipherText[^1] ^ 1)] }, "key/b"));
        Assert.ThrowsAny<CryptographicException>(() => SealedToNode.Open(_node.ExportPkcs8PrivateKeyPem(), whole with { Tag = whole.Tag[..12] }, "key/b"));
    }

    private Store.Registry.SealedEnvelope Sealed() => SealedToNode.Seal(_node.ExportSubjectPublicKeyInfo(), Secret, "key/b");
}
