using System.Text;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Tests.Repository;

public sealed class ConfigFileTests
{
    private const string Good = """{"version":2,"id":"4a56f55ffcb1f813cdd178e5a75eb87ccf96683cf24ab970fafc002fb64954fb","chunker_polynomial":"3da3358b4dc173"}""";

    [Theory]
    [InlineData(3, "vault.too-new")]
    [InlineData(0, "vault.damaged")]
    public void A_version_that_is_not_known_is_told(int version, string code)
    {
        using var key = MasterKey.Random();
        var file = key.Seal(Encoding.UTF8.GetBytes(Good.Replace("\"version\":2", $"\"version\":{version}", StringComparison.Ordinal)));

        Assert.Equal(code, Assert.Throws<HoldfastException>(() => ConfigFile.Read(new MemoryBackend(), file, key)).Code);
    }

    [Fact]
    public void A_config_sealed_with_another_key_is_damaged()
    {
        using var key = MasterKey.Random();
        using var other = MasterKey.Random();

        Assert.Equal("vault.damaged", Assert.Throws<HoldfastException>(() => ConfigFile.Read(new MemoryBackend(), other.Seal(Encoding.UTF8.GetBytes(Good)), key)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"id":"x","chunker_polynomial":"0"}""")]
    [InlineData("""{"version":2,"id":"x","chunker_polynomial":"zz"}""")]
    [InlineData("""{"version":2,"id":null,"chunker_polynomial":"3da3358b4dc173"}""")]
    public void What_makes_no_sense_is_refused(string json) => Assert.Null(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void Noise_ends_in_an_answer()
    {
        var random = new Random(9);
        for (var turn = 0; turn < 5000; turn++)
        {
            var hostile = Encoding.UTF8.GetBytes(Good);
            for (var flips = random.Next(1, 4); flips > 0; flips--) hostile[random.Next(hostile.Length)] = (byte)random.Next();
            Assert.True(ConfigFile.Parse(hostile, out _) is null or { Version: 1 or 2 });
        }
    }
}
