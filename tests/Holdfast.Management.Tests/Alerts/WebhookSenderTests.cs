using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Management.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Tests.Alerts;

public sealed class WebhookSenderTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-webhook-").FullName;
    private readonly WebhookSender _sender = new("lab", TimeProvider.System);
    private readonly List<(string Path, string Body, Dictionary<string, string> Headers)> _received = [];
    private WebApplication _listener = null!;
    private Func<HttpContext, Task> _answer = http => Task.CompletedTask;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _listener = builder.Build();
        _listener.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _received.Add((http.Request.Path, await reader.ReadToEndAsync(), http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await _answer(http);
        });
        await _listener.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync();
        _sender.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_message_is_posted_as_JSON_and_signed_with_the_secret()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "s3cret\n");

        await _sender.SendAsync(Channel() with { SecretFile = Path.Combine(_folder, "secret") }, Deliveries.Some(), CancellationToken.None);

        var (_, body, headers) = Assert.Single(_received);
        var message = JsonSerializer.Deserialize(body, AlertJson.Default.WebhookBody)!;
        Assert.Equal(("0011223344556677-1-opened-admins", "lab", Deliveries.Some().Message), (message.Id, message.Cluster, message.Message));
        Assert.Equal((message.Id, "application/json; charset=utf-8"), (headers["Holdfast-Delivery"], headers["Content-Type"]));
        // As a receiver proves it: by its own key, over the bytes that came.
        var parts = headers["Holdfast-Signature"].Split(',', '=');
        Assert.Equal(["t", "v1"], [parts[0], parts[2]]);
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8.ToArray(), Encoding.UTF8.GetBytes($"{parts[1]}.{body}"))), parts[3]);
        Assert.Equal(message.Sent.ToUnixTimeSeconds(), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _answer = http =>
        {
            http.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };

        var failure = await Fails(Channel());

        Assert.True(failure.Permanent);
        Assert.Equal("/hook", Assert.Single(_received).Path);
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(429, false)]
    [InlineData(404, false)]
    [InlineData(400, true)]
    [InlineData(410, true)]
    public async Task What_may_be_gone_the_next_time_is_tried_again(int status, bool permanent)
    {
        _answer = http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        var failure = await Fails(Channel());

        Assert.Equal((permanent, true), (failure.Permanent, failure.Reason.Contains($"answered {status}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_does_not_answer_is_not_waited_for()
    {
        _answer = http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

        var failure = await Fails(Channel() with { TimeoutSeconds = 1 });

        Assert.Contains("did not answer within 1 s", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_behind_the_host_of_a_URL_is_told_to_nobody()
    {
        _answer = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };

        var failure = await Fails(Channel());

        Assert.DoesNotContain("hook", failure.Message, StringComparison.Ordinal);
    }

    private WebhookChannel Channel() => new() { Url = $"{_listener.Urls.First()}/hook" };

    private Task<AlertDeliveryException> Fails(WebhookChannel channel) => Assert.ThrowsAsync<AlertDeliveryException>(() => _sender.SendAsync(channel, Deliveries.Some(), CancellationToken.None));
}
