using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Tests.Crypto;

public sealed class ScryptTests
{
    [Theory] // RFC 7914, section 12.
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    public void The_vectors_of_the_standard_come_out(string password, string salt, long n, int r, int p, string expected)
    {
        using var key = Scrypt.Derive(System.Text.Encoding.UTF8.GetBytes(password), System.Text.Encoding.UTF8.GetBytes(salt), new(n, r, p));

        Assert.Equal(expected, Convert.ToHexStringLower([.. key.Encrypt, .. key.MacK, .. key.MacR]));
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(1024, 8, 3)]
    [InlineData(64, 64, 7)]
    [InlineData(1024, 8, 4)]
    [InlineData(1024, 8, 5)]
    [InlineData(32768, 8, 2)]
    public void Lanes_at_once_come_to_what_the_library_comes_to(long n, int r, int p)
    {
        var (parameters, expected) = (new ScryptParameters(n, r, p), new byte[MasterKey.TotalBytes]);
        Scrypt.DeriveByLibrary("password"u8, "salt"u8, parameters, expected);

        using var key = Scrypt.Derive("password"u8, "salt"u8, parameters);

        Assert.Equal(System.Runtime.Intrinsics.X86.Avx2.IsSupported, ScryptLanes.Take(parameters));
        Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower([.. key.Encrypt, .. key.MacK, .. key.MacR]));
        foreach (var four in (bool[])[false, true])
        {
            if (!(four ? FourLanes.Takes(r) : TwoLanes.Takes(r))) continue; // Not on this machine.
            var other = new byte[MasterKey.TotalBytes];
            ScryptLanes.Derive("password"u8, "salt"u8, parameters, other, four);
            Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(other));
        }
    }

    [Theory]
    [InlineData(1 << 17, 8, 1)] // More memory than it is worth.
    [InlineData(2, 65, 1)]
    [InlineData(2, 1, 65)]
    [InlineData(1024, 8, 1)] // Nobody to share a vector with.
    public void What_takes_much_memory_is_left_to_the_library(long n, int r, int p) => Assert.False(ScryptLanes.Take(new(n, r, p)));

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(1, 8, 1)]
    [InlineData(1000, 8, 1)]
    [InlineData(-1024, 8, 1)]
    [InlineData(1024, 0, 1)]
    [InlineData(1024, 8, 0)]
    [InlineData(1L << 62, 8, 1)]
    [InlineData(1L << 23, 8, 1)]
    [InlineData(1024, int.MaxValue, 1)]
    [InlineData(32768, 8, int.MaxValue)]
    public void Parameters_that_would_take_a_machine_down_are_refused(long n, int r, int p) => Assert.False(new ScryptParameters(n, r, p).AreSane);

    [Fact]
    public void The_most_that_is_taken_is_within_the_bounds() => Assert.True(new ScryptParameters(1 << 20, 8, 1).AreSane);
}
