using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Serving;
using Holdfast.Vault.Tests.Backends;

namespace Holdfast.Vault.Tests.Fuzzing;

/// <summary>Requests that no honest client sends: the server answers each, keeps its memory, and its vault.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)] // The memory that it measures is the whole process's.
public sealed class ServerFuzzTests
{
    private const string Name = "server fuzz";
    private const int Requests = 3000;
    private const long MostMemory = 64 << 20;

    private static readonly string Id = new('a', 64);
    private static readonly string[] Methods = ["GET", "GET", "HEAD", "POST", "POST", "DELETE", "PUT", "OPTIONS", "BREW", "get"];
    private static readonly string[] Pieces = ["/", "/", "/data/", "/keys/", "/locks/", "/index/", "/snapshots/", "/config", "config", "..", "%2e%2e", "%2f", "%00", "%ff", "\\", "?create=true", "?", "#", "a", Id, "//", " ", "*"];
    private static readonly string[] Ranges = ["bytes=0-", "bytes=-1", "bytes=-0", "bytes=5-2", "bytes=0-9223372036854775807", "bytes=9223372036854775807-", "bytes=-9223372036854775807", "bytes=99999999999999999999-", "bytes=0-0,2-3", "bytes=", "lines=1-2", "bytes=1000-1000"];
    private static readonly string[] Lengths = ["0", "5", "100", "-1", "9223372036854775807", "99999999999999999999", "x", "5, 5"];

    [Fact]
    public async Task The_server_answers_whatever_comes()
    {
        using var scratch = new Scratch();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var server = await VaultServer.StartAsync(new() { Listen = [new(IPAddress.Loopback, 0)], DataDirectory = scratch.Path, QuotaBytes = 1 << 20 }, default);
        var address = server.Addresses[0];
        await using var backend = new RestBackend(new(address, null, null), new() { Retry = null });
        await backend.CreateAsync(default);
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 50_000);
        await backend.SaveAsync(file, content, default);
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        for (var number = 0; number < Requests; number++)
        {
            var request = Request(random, file);
            var answer = await SendAsync(address, request);
            Assert.False(answer.Contains("vault-server.failed", StringComparison.Ordinal), $"seed {seed}, request {number}: {request}\n{answer}");
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, MostMemory);
        Assert.All(Directory.GetFiles(scratch.Path, "*", SearchOption.AllDirectories), path =>
            Assert.True(Path.GetFileName(path) == "config" || Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) == Path.GetFileName(path), path));
        if (await backend.LengthAsync(file, default) is not null) Assert.Equal(content, await backend.LoadAsync(file, default));
        var (large, rest) = BackendContract.Make(VaultFileKind.Pack, 900_000);
        await backend.SaveAsync(large, rest, default); // Those that broke off have given back what they had taken of the quota.
    }

    private static string Request(Random random, VaultFile file)
    {
        var text = new StringBuilder();
        var path = random.Next(3) == 0 ? $"/{file}" : "/" + string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pick(random, Pieces)));
        var method = Pick(random, Methods);
        if (method == "DELETE" && path == $"/{file}") method = "GET";
        text.Append(CultureInfo.InvariantCulture, $"{method} {path} HTTP/1.{random.Next(3)}\r\nHost: x\r\n");
        if (random.Next(2) == 0) text.Append(CultureInfo.InvariantCulture, $"Range: {Pick(random, Ranges)}\r\n");
        if (random.Next(3) == 0) text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Pick(random, Lengths)}\r\n");
        if (random.Next(6) == 0) text.Append("Transfer-Encoding: chunked\r\n");
        if (random.Next(6) == 0) text.Append("Authorization: Basic ====\r\n");
        if (random.Next(6) == 0) text.Append("Accept: \u00e9,;q=9\r\n");
        if (random.Next(20) == 0) text.Append('X', random.Next(40_000));
        text.Append("Connection: close\r\n\r\n");
        text.Append(Pick(random, ["", "hello", "ffffffffffffffff\r\nx", "5\r\nhello\r\n0\r\n\r\n", new string('x', 2000)]));
        return text.ToString();
    }

    private static string Pick(Random random, string[] list) => list[random.Next(list.Length)];

    private static async Task<string> SendAsync(Uri address, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        await using var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            socket.Client.Shutdown(SocketShutdown.Send); // Nothing more comes: a body that was promised breaks off.
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return ""; // It hung up: also an answer.
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
