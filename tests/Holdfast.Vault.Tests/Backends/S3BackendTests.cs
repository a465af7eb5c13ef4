using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

/// <summary>What needs no server.</summary>
public sealed class S3BackendTests
{
    private static readonly VaultUrl.S3 Url = new(new Uri("http://127.0.0.1:1"), "bucket", "");

    [Fact]
    public void Without_keys_it_says_where_they_belong()
    {
        var error = Assert.Throws<HoldfastException>(() => new S3Backend(Url, new() { Environment = _ => null }));

        Assert.Equal("vault.credentials-missing", error.Code);
        Assert.Contains("AWS_ACCESS_KEY_ID", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_gone_is_unreachable()
    {
        await using var backend = new S3Backend(Url, SwiftServer.Options("x"));

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.LoadAsync(VaultFile.Config, CancellationToken.None));

        Assert.Equal((ErrorKind.Unavailable, "vault.unreachable"), (error.Kind, error.Code));
    }

    [Theory]
    [InlineData(507, "vault.full")]
    [InlineData(403, "vault.login-refused")]
    [InlineData(503, "vault.unreachable")]
    [InlineData(500, "vault.unreachable")]
    public async Task What_a_server_answers_has_a_meaning(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var backend = new S3Backend(Url with { Endpoint = server.Address }, SwiftServer.Options("x"));
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 10);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(file, content, CancellationToken.None));

        Assert.Equal(code, error.Code);
    }
}
