using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

public sealed class VaultUrlTests
{
    [Theory]
    [InlineData("/srv/vault", "/srv/vault")]
    [InlineData("local:/srv/vault", "/srv/vault")]
    [InlineData("local:relative", "relative")]
    [InlineData("relative", "relative")]
    [InlineData("./with:colon", "./with:colon")]
    [InlineData("sub/with:colon", "sub/with:colon")]
    public void A_directory(string text, string path) => Assert.Equal(new VaultUrl.Directory(path), VaultUrl.Parse(text));

    [Theory]
    [InlineData("rest:http://host:8000/", "http://host:8000/", null, null)]
    [InlineData("rest:https://host/a/b", "https://host/a/b/", null, null)]
    [InlineData("rest:https://anna:p%40ss@host/a/", "https://host/a/", "anna", "p@ss")]
    [InlineData("rest:https://anna@host:8000", "https://host:8000/", "anna", null)]
    public void A_server(string text, string address, string? user, string? password) =>
        Assert.Equal(new VaultUrl.Rest(new Uri(address), user, password), VaultUrl.Parse(text));

    [Theory]
    [InlineData("s3:https://host:9000/bucket/a/b/", "https://host:9000", "bucket", "a/b")]
    [InlineData("s3:http://host/bucket", "http://host", "bucket", "")]
    [InlineData("s3:s3.amazonaws.com/bucket", "https://s3.amazonaws.com", "bucket", "")]
    [InlineData("s3://host/bucket//prefix", "https://host", "bucket", "prefix")]
    public void A_bucket(string text, string endpoint, string bucket, string prefix) =>
        Assert.Equal(new VaultUrl.S3(new Uri(endpoint), bucket, prefix), VaultUrl.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("local:")]
    [InlineData("rest:host:8000/")]
    [InlineData("rest:ftp://host/")]
    [InlineData("rest:https://host/?a=b")]
    [InlineData("s3:")]
    [InlineData("s3:https://host/")]
    [InlineData("s3:https://key:secret@host/bucket")]
    [InlineData("sftp:user@host:/srv")]
    public void What_is_none_is_refused_without_repeating_a_password(string text)
    {
        var error = Assert.Throws<HoldfastException>(() => VaultUrl.Parse(text));

        Assert.Equal((ErrorKind.Invalid, "vault.url-invalid"), (error.Kind, error.Code));
        Assert.DoesNotContain("secret", error.Message + error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/srv/vault", "/srv/vault")]
    [InlineData("rest:https://anna:secret@host:8000/a", "rest:https://anna@host:8000/a/")]
    [InlineData("rest:https://host:8000/a", "rest:https://host:8000/a/")]
    [InlineData("s3:host/bucket/prefix/", "s3:https://host/bucket/prefix")]
    public void It_is_shown_without_its_password(string text, string shown) => Assert.Equal(shown, VaultUrl.Parse(text).ToString());
}
