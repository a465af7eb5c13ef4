using System.Net;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Serving;

namespace Holdfast.Vault.Tests.Backends;

public sealed class RestBackendTests : BackendContract
{
    private readonly Scratch _scratch = new();
    private VaultServer? _server;

    protected override async Task<IVaultBackend> OpenAsync()
    {
        _server = await VaultServer.StartAsync(new() { Listen = [new(IPAddress.Loopback, 0)], DataDirectory = _scratch.Path }, Never);
        return new RestBackend(new(new Uri(_server.Addresses[0], "team/files/"), null, null), new());
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server!.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_gone_is_unreachable()
    {
        await _server!.DisposeAsync();

        var error = await Assert.ThrowsAsync<HoldfastException>(() => Backend.LengthAsync(VaultFile.Config, Never));

        Assert.Equal((ErrorKind.Unavailable, "vault.unreachable"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task A_data_directory_that_is_gone_is_unreachable_and_not_an_empty_vault()
    {
        Directory.Move(_scratch.Path, _scratch.Path + ".away");
        try
        {
            var look = await Assert.ThrowsAsync<HoldfastException>(() => Backend.LengthAsync(VaultFile.Config, Never));
            var create = await Assert.ThrowsAsync<HoldfastException>(() => Backend.CreateAsync(Never));

            Assert.All([look, create], error => Assert.Equal("vault.unreachable", error.Code));
        }
        finally
        {
            Directory.Move(_scratch.Path + ".away", _scratch.Path);
        }
    }

    [Fact]
    public async Task A_server_of_version_1_only_is_asked_for_each_length()
    {
        var (file, content) = Make(VaultFileKind.Snapshot, 123);
        await using var old = await ScriptedServer.StartAsync(async http =>
        {
            if (http.Request.Method == "HEAD") http.Response.ContentLength = http.Request.Path == $"/snapshots/{file.Name}" ? content.Length : 0;
            else await Answers.TextAsync(http, RestProtocol.Version1, $"[\"{file.Name}\",\"something else\"]");
        });
        await using var backend = new RestBackend(new(old.Address, null, null), new());

        var listed = new List<VaultFileEntry>();
        await foreach (var entry in backend.ListAsync(VaultFileKind.Snapshot, Never)) listed.Add(entry);

        Assert.Equal([new VaultFileEntry(file, 123)], listed);
    }

    [Fact]
    public async Task A_peer_that_forbids_what_is_there_already_is_understood()
    {
        var (file, content) = Make(VaultFileKind.Pack, 123);
        await using var peer = await ScriptedServer.StartAsync(http =>
        {
            if (http.Request.Method == "HEAD") http.Response.ContentLength = content.Length;
            else http.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        await using var backend = new RestBackend(new(peer.Address, null, null), new());

        await backend.SaveAsync(file, content, Never);
        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(VaultFile.Config, content, Never));

        Assert.Equal("vault.file-exists", error.Code);
    }

    [Theory]
    [InlineData(413, "vault.full")]
    [InlineData(507, "vault.full")]
    [InlineData(401, "vault.login-refused")]
    [InlineData(500, "vault.unreachable")]
    [InlineData(503, "vault.unreachable")]
    [InlineData(429, "vault.unreachable")]
    [InlineData(302, "vault.not-spoken")]
    public async Task What_a_server_answers_has_a_meaning(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "http://127.0.0.1:1/";
            return Task.CompletedTask;
        });
        await using var backend = new RestBackend(new(server.Address, "anna", "secret"), new());
        var (file, content) = Make(VaultFileKind.Pack, 10);

        var errors = new[]
        {
            await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(file, content, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => backend.LoadAsync(file, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => backend.RemoveAsync(file, Never)),
        };

        Assert.All(errors, error => Assert.Equal(code, error.Code));
        Assert.All(errors, error => Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_taken_for_whole()
    {
        await using var server = await ScriptedServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(new byte[500]);
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        await using var backend = new RestBackend(new(server.Address, null, null), new());

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.LoadAsync(Make(VaultFileKind.Pack, 1).File, Never));

        Assert.Equal("vault.unreachable", error.Code);
    }
}
