using Holdfast.Vault.Serving;

namespace Holdfast.Vault.Tests.Serving;

public sealed class VaultUsersTests
{
    private static readonly string Anna = VaultUsers.Line("anna", "pass:word");

    [Fact]
    public void A_user_has_the_vaults_below_their_name_or_the_path_given()
    {
        var users = VaultUsers.Parse($"# who\n\n{Anna}\n{VaultUsers.Line("node-1", "x", "/shared/office/")}\r\n");

        Assert.Equal("anna", users.Check("anna", "pass:word"));
        Assert.Equal("shared/office", users.Check("node-1", "x"));
        Assert.Null(users.Check("anna", "pass"));
        Assert.Null(users.Check("bob", "x"));
        Assert.Null(users.Check("", ""));
    }

    [Fact]
    public void The_password_is_not_in_the_line_and_no_two_lines_are_alike()
    {
        Assert.DoesNotContain("pass", Anna, StringComparison.Ordinal);
        Assert.NotEqual(Anna, VaultUsers.Line("anna", "pass:word"));
    }

    [Theory]
    [InlineData("anna")]
    [InlineData("anna:secret")]
    [InlineData("anna:$2y$05$abcdefghijklmnopqrstuv")]
    [InlineData("anna:pbkdf2-sha256$600000$AAAA$AAAA")]
    [InlineData("anna:pbkdf2-sha256$0$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("../x:pbkdf2-sha256$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("anna:pbkdf2-sha256$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:../x")]
    [InlineData("anna:pbkdf2-sha256$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")]
    public void A_line_that_is_none_is_named(string line)
    {
        var error = Assert.Throws<HoldfastException>(() => VaultUsers.Parse("# first\n" + line));

        Assert.Equal("vault-server.users-invalid", error.Code);
        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_named_twice_is_refused() => Assert.Throws<HoldfastException>(() => VaultUsers.Parse($"{Anna}\n{Anna}"));

    [Theory]
    [InlineData("a/b", null)]
    [InlineData("", null)]
    [InlineData(".a", null)]
    [InlineData("data", null)]
    [InlineData("a:b", null)]
    [InlineData("a", "../b")]
    [InlineData("a", "/")]
    public void A_name_or_path_that_cannot_be_is_refused(string name, string? path) => Assert.Throws<HoldfastException>(() => VaultUsers.Line(name, "x", path));
}
