using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Tests;

/// <summary>A double of the remote: answers on a Unix socket with the node API's JSON, written out by hand so that a change of the contract is noticed here.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new();

    private FakeAgent(WebApplication app, string folder)
    {
        _app = app;
        Folder = folder;
    }

    public string Folder { get; }

    /// <summary>Gets what was asked: <c>POST /v1/roles/web/move {"to":"b"}</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<FakeAgent> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-cli-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Path.Combine(folder, "agent.sock")));
        var app = builder.Build();
        var agent = new FakeAgent(app, folder);
        app.Run(agent.AnswerAsync);
        await app.StartAsync();
        return agent;
    }

    /// <summary>Answers a request, named as <c>GET /v1/roles</c>, with a body.</summary>
    public FakeAgent On(string request, string body, int status = 200) => On(request, async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        await http.Response.WriteAsync(body);
    });

    public FakeAgent On(string request, RequestDelegate answer)
    {
        _answers[request] = answer;
        return this;
    }

    /// <summary>Answers a request with a problem.</summary>
    public FakeAgent Refuse(string request, int status, string code) =>
        On(request, $$"""{"type":"urn:holdfast:error:{{code}}","title":"T","status":{{status}},"detail":"It is so.","code":"{{code}}","hint":"Do this."}""", status);

    /// <summary>Answers with a stream of lines, one at a time; it ends after the last unless <paramref name="stay"/>.</summary>
    public FakeAgent Stream(string request, IEnumerable<string> lines, bool stay = false) => On(request, async http =>
    {
        http.Response.ContentType = "application/x-ndjson";
        foreach (var line in lines)
        {
            await http.Response.WriteAsync(line.Trim() + "\n");
            await http.Response.Body.FlushAsync();
        }
        if (!stay) return;
        var gone = new TaskCompletionSource();
        await using var registered = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    });

    public Task<Ran> RunAsync(params string[] arguments) => CommandLineRun.OfAsync([.. arguments, "--run-dir", Folder]);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var request = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
        Asked.Enqueue(body.Length == 0 ? request : $"{request} {body}");
        if (_answers.TryGetValue(request, out var answer)) await answer(http);
        else http.Response.StatusCode = 404;
    }
}
