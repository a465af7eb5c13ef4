using System.Text;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Tests.Backends;

namespace Holdfast.Vault.Tests.Crypto;

public sealed class VaultPasswordTests
{
    [Theory]
    [InlineData("secret")]
    [InlineData("secret\n")]
    [InlineData("\uFEFFsecret\r\n")]
    [InlineData("  secret \t\n\n")]
    public void White_space_around_it_in_a_file_is_not_part_of_it(string content)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["pw"], content, new UTF8Encoding(false));

        using var password = VaultPassword.FromFile(scratch["pw"]);

        Assert.Equal("secret"u8, password.Bytes);
    }

    [Fact]
    public void A_file_that_is_missing_empty_or_huge_is_refused_by_name()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["empty"], " \n");
        File.WriteAllBytes(scratch["huge"], new byte[100_000]);

        foreach (var name in (string[])["missing", "empty", "huge"])
        {
            var refused = Assert.Throws<HoldfastException>(() => VaultPassword.FromFile(scratch[name]));
            Assert.Equal("vault.password-file", refused.Code);
            Assert.Contains(scratch[name], refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_is_zeroed_and_gone_when_disposed_and_never_printed()
    {
        var password = new VaultPassword("secret");
        Assert.DoesNotContain("secret", password.ToString(), StringComparison.Ordinal);

        password.Dispose();

        Assert.Throws<ObjectDisposedException>(() => password.Bytes.Length);
    }
}
