using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Serving;
using Holdfast.Vault.Tests.Backends;

namespace Holdfast.Vault.Tests.Serving;

public sealed class VaultServerTests : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private VaultServer? _server;

    private static CancellationToken Never => CancellationToken.None;

    private Uri Address => _server!.Addresses[0];

    private string Data => _scratch["data"];

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(Data);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Content_that_is_not_what_its_name_says_never_becomes_visible()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data });
        await using var backend = await CreateVaultAsync();
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 100_000);
        content[50_000] ^= 1;

        using var answer = await _http.PostAsync(new Uri(Address, file.ToString()), new ByteArrayContent(content));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(await backend.LengthAsync(file, Never));
        Assert.Empty(Directory.GetFiles(Data, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data });
        await using var backend = await CreateVaultAsync();
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 100_000);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(Address.Host, Address.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /{file} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"));
            await socket.GetStream().WriteAsync(content.AsMemory(0, 60_000));
            socket.Client.LingerState = new(true, 0); // Closed by a reset, as a client that was killed.
        }

        await _server!.DisposeAsync(); // Waits for what is in progress.
        _server = null;
        Assert.Empty(Directory.GetFiles(Data, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_chunk_that_claims_more_than_there_is_is_the_clients_fault()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data });
        await using var backend = await CreateVaultAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(Address.Host, Address.Port);

        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /{BackendContract.Make(VaultFileKind.Pack, 10).File} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffff\r\nx"));
        using var reader = new StreamReader(socket.GetStream());
        var status = await reader.ReadLineAsync();

        Assert.Equal("HTTP/1.1 400 Bad Request", status);
        await _server!.DisposeAsync();
        _server = null;
        Assert.Empty(Directory.GetFiles(Data, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_a_killed_server_left_is_removed_when_it_is_old_and_nothing_else()
    {
        Directory.CreateDirectory(_scratch["data/team/data/00"]);
        var name = "00" + new string('a', 62);
        string[] files = [$"{name}-tmp-1", $"{name}-tmp-2", name, "notes-tmp-1"];
        foreach (var file in files) await File.WriteAllTextAsync(_scratch["data/team/data/00/" + file], "x");
        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        foreach (var (file, age) in files.Zip([2, 0, 2, 2])) File.SetLastWriteTimeUtc(_scratch["data/team/data/00/" + file], now.UtcDateTime.AddHours(-age));

        var removed = LeftoverSweep.Sweep(Data, now - LeftoverSweep.Grace, Never);

        Assert.Equal(1, removed);
        Assert.Equal([$"{name}", $"{name}-tmp-2", "notes-tmp-1"], Directory.GetFiles(_scratch["data/team/data/00"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_upload_of_unknown_length_is_taken()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data, QuotaBytes = 1 << 20 });
        await using var backend = await CreateVaultAsync();
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 500_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, file.ToString())) { Content = new StreamContent(new MemoryStream(content)) };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(content, await backend.LoadAsync(file, Never));
    }

    [Fact]
    public async Task Append_only_removes_locks_and_nothing_else()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data, AppendOnly = true });
        await using var backend = await CreateVaultAsync();
        foreach (var kind in (VaultFileKind[])[VaultFileKind.Key, VaultFileKind.Snapshot, VaultFileKind.Index, VaultFileKind.Pack])
        {
            var (file, content) = BackendContract.Make(kind, 100);
            await backend.SaveAsync(file, content, Never);

            var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.RemoveAsync(file, Never));

            Assert.Equal((ErrorKind.Forbidden, "vault.read-only"), (error.Kind, error.Code));
            Assert.Equal(content, await backend.LoadAsync(file, Never));
        }

        await backend.SaveAsync(VaultFile.Config, new byte[10], Never);
        await Assert.ThrowsAsync<HoldfastException>(() => backend.RemoveAsync(VaultFile.Config, Never));
        using var whole = await _http.DeleteAsync(Address);
        Assert.False(whole.IsSuccessStatusCode);

        var (held, lockContent) = BackendContract.Make(VaultFileKind.Lock, 100);
        await backend.SaveAsync(held, lockContent, Never);
        await backend.RemoveAsync(held, Never);
        Assert.Null(await backend.LengthAsync(held, Never));
    }

    [Fact]
    public async Task A_full_quota_says_so_and_counts_what_was_removed()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data, QuotaBytes = 10_000 });
        await using var backend = await CreateVaultAsync();
        var (first, firstContent) = BackendContract.Make(VaultFileKind.Pack, 6_000);
        var (second, secondContent) = BackendContract.Make(VaultFileKind.Pack, 6_000);
        await backend.SaveAsync(first, firstContent, Never);
        await backend.SaveAsync(first, firstContent, Never); // Again: takes nothing.

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(second, secondContent, Never));
        Assert.Equal("vault.full", error.Code);
        Assert.Null(await backend.LengthAsync(second, Never));

        // A lock fits into the reserve, so that the vault can be pruned.
        var (held, lockContent) = BackendContract.Make(VaultFileKind.Lock, 4_100);
        await backend.SaveAsync(held, lockContent, Never);
        await backend.RemoveAsync(held, Never);
        await backend.RemoveAsync(first, Never);
        await backend.SaveAsync(second, secondContent, Never);
        Assert.Equal(secondContent, await backend.LoadAsync(second, Never));
    }

    [Fact]
    public async Task What_was_there_before_the_start_counts_for_the_quota()
    {
        await using (var local = new DirectoryBackend(Data))
        {
            await local.CreateAsync(Never);
            var (file, content) = BackendContract.Make(VaultFileKind.Pack, 9_000);
            await local.SaveAsync(file, content, Never);
        }

        await StartAsync(new() { Listen = [], DataDirectory = Data, QuotaBytes = 10_000 });
        await using var backend = await CreateVaultAsync();
        var (next, nextContent) = BackendContract.Make(VaultFileKind.Pack, 2_000);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(next, nextContent, Never));

        Assert.Equal("vault.full", error.Code);
    }

    [Fact]
    public async Task Users_reach_their_own_vaults_and_no_others()
    {
        var users = _scratch["users"];
        await File.WriteAllTextAsync(users, $"{VaultUsers.Line("anna", "one")}\n{VaultUsers.Line("bob", "two", "shared")}\n");
        await StartAsync(new() { Listen = [], DataDirectory = Data, UsersFile = users });

        Assert.Null(await TryAsync("anna", "anna", "one"));
        Assert.Null(await TryAsync("anna/sub", "anna", "one"));
        Assert.Null(await TryAsync("shared/office", "bob", "two"));
        Assert.Equal("vault.login-refused", await TryAsync("bob", "bob", "two"));
        Assert.Equal("vault.login-refused", await TryAsync("annabel", "anna", "one"));
        Assert.Equal("vault.login-refused", await TryAsync("", "anna", "one"));
        Assert.Equal("vault.login-refused", await TryAsync("anna", "anna", "two"));
        Assert.Equal("vault.login-refused", await TryAsync("anna", null, null));

        await File.WriteAllTextAsync(users, VaultUsers.Line("bob", "two", "shared"));
        File.SetLastWriteTimeUtc(users, File.GetLastWriteTimeUtc(users).AddSeconds(5));
        Assert.Equal("vault.login-refused", await TryAsync("anna", "anna", "one")); // Removed: out at once.
    }

    [Fact]
    public async Task Tls_is_spoken_and_only_who_is_trusted_is_believed()
    {
        var (certificate, key) = await WriteCertificateAsync("server");
        var (other, _) = await WriteCertificateAsync("other");
        await StartAsync(new() { Listen = [], DataDirectory = Data, CertificateFile = certificate, KeyFile = key });
        Assert.Equal("https", Address.Scheme);
        await using var trusting = new RestBackend(new(Address, null, null), new() { CertificateAuthorityFile = certificate });
        await using var wary = new RestBackend(new(Address, null, null), new() { CertificateAuthorityFile = other });
        await using var strange = new RestBackend(new(Address, null, null), new());

        await trusting.CreateAsync(Never);
        var errors = new[]
        {
            await Assert.ThrowsAsync<HoldfastException>(() => wary.LengthAsync(VaultFile.Config, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => strange.LengthAsync(VaultFile.Config, Never)),
        };

        Assert.All(errors, error => Assert.Equal((ErrorKind.Forbidden, "vault.untrusted"), (error.Kind, error.Code)));
    }

    [Theory]
    [InlineData("bytes=10-19", HttpStatusCode.PartialContent, 10, 10)]
    [InlineData("bytes=90-200", HttpStatusCode.PartialContent, 90, 10)]
    [InlineData("bytes=95-", HttpStatusCode.PartialContent, 95, 5)]
    [InlineData("bytes=-7", HttpStatusCode.PartialContent, 93, 7)]
    [InlineData("bytes=100-110", HttpStatusCode.RequestedRangeNotSatisfiable, 0, 0)]
    [InlineData("lines=1-2", HttpStatusCode.OK, 0, 100)]
    public async Task Ranges_are_those_of_http(string range, HttpStatusCode status, int offset, int count)
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data });
        await using var backend = await CreateVaultAsync();
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 100);
        await backend.SaveAsync(file, content, Never);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, file.ToString()));
        request.Headers.TryAddWithoutValidation("Range", range);

        using var answer = await _http.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(content[offset..(offset + count)], await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_listing_is_of_the_version_that_was_asked_for()
    {
        await StartAsync(new() { Listen = [], DataDirectory = Data });
        await using var backend = await CreateVaultAsync();
        var (file, content) = BackendContract.Make(VaultFileKind.Key, 100);
        await backend.SaveAsync(file, content, Never);

        using var first = await _http.GetAsync(new Uri(Address, "keys/"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "keys/")) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue(RestProtocol.Version2) } } };
        using var second = await _http.SendAsync(request);

        Assert.Equal($"[\"{file.Name}\"]", await first.Content.ReadAsStringAsync());
        Assert.Equal(RestProtocol.Version1, first.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"[{{\"name\":\"{file.Name}\",\"size\":100}}]", await second.Content.ReadAsStringAsync());
        Assert.Equal(RestProtocol.Version2, second.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET /../../etc/passwd")]
    [InlineData("GET /%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("GET /a%2f..%2f..%2fsecret/config")]
    [InlineData("GET /data/..%2f..%2fsecret")]
    [InlineData("POST /../outside/?create=true")]
    [InlineData("POST /%2e%2e%2foutside/?create=true")]
    public async Task No_request_reaches_outside_of_the_data_directory(string line)
    {
        await File.WriteAllTextAsync(_scratch["secret"], "top secret");
        await StartAsync(new() { Listen = [], DataDirectory = Data });
        using var socket = new TcpClient();
        await socket.ConnectAsync(Address.Host, Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

        var answer = await new StreamReader(socket.GetStream()).ReadToEndAsync();

        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch["outside"]));
    }

    [Fact]
    public async Task A_data_directory_that_is_missing_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<HoldfastException>(() => StartAsync(new() { Listen = [], DataDirectory = _scratch["none"] }));

        Assert.Equal("vault-server.data-missing", error.Code);
    }

    private async Task StartAsync(VaultServerOptions options) => _server = await VaultServer.StartAsync(options with { Listen = [new(IPAddress.Loopback, 0)] }, Never);

    private async Task<RestBackend> CreateVaultAsync()
    {
        var backend = new RestBackend(new(Address, null, null), new());
        await backend.CreateAsync(Never);
        return backend;
    }

    private async Task<string?> TryAsync(string vault, string? user, string? password)
    {
        await using var backend = new RestBackend(new(new Uri(Address, vault.Length == 0 ? "" : vault + "/"), user, password), new());
        try
        {
            await backend.CreateAsync(Never);
            var (file, content) = BackendContract.Make(VaultFileKind.Pack, 10);
            await backend.SaveAsync(file, content, Never);
            return null;
        }
        catch (HoldfastException refused)
        {
            return refused.Code;
        }
    }

    private async Task<(string Certificate, string Key)> WriteCertificateAsync(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (_scratch[name + ".crt"], _scratch[name + ".key"]);
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
