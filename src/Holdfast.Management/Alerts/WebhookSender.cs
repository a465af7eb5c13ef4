using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Holdfast.Management.Alerts;

/// <summary>
/// Posts messages as JSON. Header <c>Holdfast-Delivery</c> is the message's id, the same with every try; <c>Holdfast-Signature: t=SECONDS,v1=HEX</c> is the HMAC-SHA256, with the channel's
/// secret, of <c>SECONDS.BODY</c>: a receiver that compares it and refuses old times knows who sends.
/// </summary>
/// <param name="cluster">The cluster's name.</param>
public sealed class WebhookSender(string cluster, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // A receiver must not send us, and what we sign, somewhere else.
        UseCookies = false, UseProxy = true, ConnectTimeout = TimeSpan.FromSeconds(10), MaxResponseHeadersLength = 16, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan, // Each message has its own.
    };

    /// <summary>Sends one message.</summary>
    /// <exception cref="AlertDeliveryException">The answer was not 2xx, or none came.</exception>
    public async Task SendAsync(WebhookChannel channel, AlertDelivery delivery, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(new WebhookBody(delivery.Id, now, cluster, delivery.Message), AlertJson.Default.WebhookBody);
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("holdfast", null));
        request.Headers.Add("Holdfast-Delivery", delivery.Id);
        if (channel.SecretFile is { } file) request.Headers.Add("Holdfast-Signature", Sign(await SecretFile.ReadAsync(file, cancellationToken), now, body));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(channel.TimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            // The head of the answer is all of it that counts: a body without an end is not waited for.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!answer.IsSuccessStatusCode) throw new AlertDeliveryException($"{Host(channel)} answered {(int)answer.StatusCode}{(IsRedirect(answer.StatusCode) ? ", a redirect, which is not followed" : "")}", IsPermanent(answer.StatusCode));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AlertDeliveryException($"{Host(channel)} did not answer within {channel.TimeoutSeconds} s", permanent: false, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new AlertDeliveryException($"{Host(channel)}: {(exception.InnerException ?? exception).Message.TrimEnd('.')}", permanent: false, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Sign(string secret, DateTimeOffset at, byte[] body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{seconds}."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    // The rest of the URL may be a secret of its own, as chat services have it.
    private static string Host(WebhookChannel channel) => new Uri(channel.Url).Host;

    private static bool IsRedirect(HttpStatusCode status) => (int)status is >= 300 and < 400;

    private static bool IsPermanent(HttpStatusCode status) =>
        IsRedirect(status) || ((int)status is >= 400 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound));
}
