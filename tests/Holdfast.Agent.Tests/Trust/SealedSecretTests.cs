using System.Security.Cryptography;
using Holdfast.Agent.Trust;

namespace Holdfast.Agent.Tests.Trust;

public sealed class SealedSecretTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] Plain = [1, 2, 3, 4, 5];

    [Fact]
    public void A_sealed_secret_is_opened_with_its_key_under_its_name() =>
        Assert.Equal(Plain, NodeKeys.Open(Key, NodeKeys.Seal(Key, Plain, "authority"), "authority"));

    [Fact]
    public void Another_key_another_name_or_a_changed_bit_opens_nothing()
    {
        var secret = NodeKeys.Seal(Key, Plain, "authority");
        var changed = secret.CipherText.ToArray();
        changed[0] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => NodeKeys.Open(RandomNumberGenerator.GetBytes(32), secret, "authority"));
        Assert.ThrowsAny<CryptographicException>(() => NodeKeys.Open(Key, secret, "another"));
        Assert.ThrowsAny<CryptographicException>(() => NodeKeys.Open(Key, secret with { CipherText = changed }, "authority"));
    }

    [Fact]
    public void A_tag_cut_short_opens_nothing()
    {
        var secret = NodeKeys.Seal(Key, Plain, "authority");

        Assert.ThrowsAny<CryptographicException>(() => NodeKeys.Open(Key, secret with { Tag = secret.Tag[..12] }, "authority"));
    }

    [Fact]
    public void The_same_secret_is_never_sealed_the_same_way_twice() =>
        Assert.NotEqual(NodeKeys.Seal(Key, Plain, "authority").CipherText, NodeKeys.Seal(Key, Plain, "authority").CipherText);
}
