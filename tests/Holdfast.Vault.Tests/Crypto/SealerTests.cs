using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Tests.Crypto;

public sealed class SealerTests
{
    [Fact]
    public void What_was_sealed_opens_to_the_same_and_never_looks_the_same_twice()
    {
        using var key = MasterKey.Random();

        Prop.ForAll<byte[]>(plain =>
        {
            var (one, two) = (key.Seal(plain), key.Seal(plain));
            return !one.AsSpan().SequenceEqual(two) && plain.AsSpan().SequenceEqual(key.Open(one)) && plain.AsSpan().SequenceEqual(key.Open(two));
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Any_flipped_bit_breaks_the_seal()
    {
        using var key = MasterKey.Random();
        var box = key.Seal("only copy"u8);

        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(key.Open(box));
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.NotNull(key.Open(box));
    }

    [Fact]
    public void What_is_cut_short_does_not_open()
    {
        using var key = MasterKey.Random();
        var box = key.Seal("only copy"u8);

        for (var length = 0; length < box.Length; length++) Assert.Null(key.Open(box.AsSpan(0, length)));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        using var key = MasterKey.Random();
        using var other = MasterKey.Random();

        Assert.Null(other.Open(key.Seal("only copy"u8)));
    }

    [Fact]
    public void A_box_is_made_in_the_place_where_its_content_lies()
    {
        using var key = MasterKey.Random();
        var buffer = new byte[100 + Sealer.Overhead];
        buffer.AsSpan(Sealer.NonceBytes, 100).Fill(7);

        key.Seal(buffer.AsSpan(Sealer.NonceBytes, 100), buffer);

        Assert.Equal(Enumerable.Repeat((byte)7, 100), key.Open(buffer)!);
    }
}
