using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Agent.Doors;

namespace Holdfast.Management.Tests.Service;

/// <summary>The product as a newcomer runs it: <c>holdfast dev</c> on a free port of this machine, with its console and API.</summary>
public sealed partial class DevService : IAsyncLifetime
{
    public const string AdminPassword = "correct horse battery";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<string> _password = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    /// <summary>Gets variables that it has beside those of the tests.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public string State { get; } = Directory.CreateTempSubdirectory("hfm").FullName;

    public Uri Address { get; private set; } = null!;

    /// <summary>Gets a client that is signed in as an administrator.</summary>
    public ApiClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var port = FreePort();
        Address = new Uri($"http://127.0.0.1:{port}/");
        var start = new ProcessStartInfo(Path.Combine(Root(), "dist", "holdfast")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["dev", "--state", State, "--listen", $"127.0.0.1:{port}"]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var oneTime = await _password.Task.WaitAsync(StartLimit);
        Admin = new ApiClient(Address);
        await ServedAsync();
        await Admin.SignInAsync("admin", oneTime, AdminPassword);
    }

    // On a busy machine the one node may lose its lease right after the start: the door says so with 503 until the service is back.
    private async Task ServedAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            using (var answer = await Admin.Http.GetAsync("health/service", limit.Token))
            {
                if (answer.IsSuccessStatusCode) return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }
    }

    public async Task DisposeAsync()
    {
        Admin?.Dispose();
        if (_process is { HasExited: false } process)
        {
            using (var end = Process.Start("kill", ["-INT", $"{process.Id}"])) await end.WaitForExitAsync();
            try
            {
                await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        _process?.Dispose();
        Directory.Delete(State, recursive: true);
    }

    /// <summary>A client with a token of some level, limited to some areas or to none.</summary>
    public async Task<ApiClient> WithTokenAsync(string level, params string[] areas)
    {
        var made = await Admin.PostAsync("tokens", new { name = string.Join('-', (string[])["test", level, .. areas]), level, expires = TimeProvider.System.GetUtcNow().AddDays(1), areas });
        var client = new ApiClient(Address);
        client.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("token").GetString());
        return client;
    }

    /// <summary>A client of the agent's socket, or of the service's own, as this user's processes have it.</summary>
    public HttpClient OnSocket(string name) => new(UnixHttp.HandlerFor(Path.Combine(State, name))) { BaseAddress = new Uri("http://socket/") };

    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Holdfast.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        if (PasswordPattern().Match(line) is { Success: true } match) _password.TrySetResult(match.Groups[1].Value);
        if (line.StartsWith("error:", StringComparison.Ordinal)) _password.TrySetException(new InvalidOperationException(line));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("sign in as admin with ([a-z0-9-]+)")]
    private static partial Regex PasswordPattern();
}

[CollectionDefinition(Name)]
public sealed class DevCollection : ICollectionFixture<DevService>
{
    public const string Name = "dev";
}
