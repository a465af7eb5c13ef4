using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Agent.Api;

/// <summary>Turns HTTP into calls and errors into problems; what is done is elsewhere.</summary>
internal static class NodeApi
{
    /// <summary>Answers with a value.</summary>
    public static async Task AnswerAsync<T>(HttpContext http, JsonTypeInfo<T> type, Func<Task<T>> act)
    {
        try
        {
            var answer = await act();
            http.Response.ContentType = "application/json";
            await JsonSerializer.SerializeAsync(http.Response.Body, answer, type, http.RequestAborted);
        }
        catch (HoldfastException error)
        {
            await ProblemAsync(http, error);
        }
    }

    /// <summary>Answers with a file.</summary>
    public static async Task BytesAsync(HttpContext http, Func<Task<byte[]>> act)
    {
        try
        {
            var answer = await act();
            http.Response.ContentType = "application/octet-stream";
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
        }
        catch (HoldfastException error)
        {
            await ProblemAsync(http, error);
        }
    }

    /// <summary>Allows a larger body than usual.</summary>
    public static void AllowBody(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytes;
    }

    /// <summary>Answers with what was done.</summary>
    public static Task DoneAsync(HttpContext http, Func<Task<string>> act) =>
        AnswerAsync(http, ApiJson.Default.Done, async () => new Done(await act()));

    /// <summary>Answers with lines, each as soon as there is one.</summary>
    public static async Task StreamAsync<T>(HttpContext http, JsonTypeInfo<T> type, IAsyncEnumerable<T> lines)
    {
        http.Response.ContentType = "application/x-ndjson";
        try
        {
            await foreach (var line in lines.WithCancellation(http.RequestAborted)) await LineAsync(http, line, type);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
        }
    }

    /// <summary>Runs a long operation whose steps are told as they are done.</summary>
    /// <param name="act">Returns the result; null when somebody has to ask again for the rest.</param>
    public static async Task ProgressAsync(HttpContext http, Func<Func<string, Task>, Task<string?>> act)
    {
        http.Response.ContentType = "application/x-ndjson";
        ProgressLine last;
        try
        {
            var result = await act(step => LineAsync(http, new ProgressLine(step, null, null), ApiJson.Default.ProgressLine));
            last = new ProgressLine(null, result, null, Again: result is null);
        }
        catch (HoldfastException error)
        {
            last = new ProgressLine(null, null, ApiProblems.From(error));
        }

        await LineAsync(http, last, ApiJson.Default.ProgressLine);
    }

    /// <summary>Answers with a problem.</summary>
    public static async Task ProblemAsync(HttpContext http, HoldfastException error)
    {
        http.Response.StatusCode = ApiProblems.StatusOf(error.Kind);
        http.Response.ContentType = "application/problem+json";
        await JsonSerializer.SerializeAsync(http.Response.Body, ApiProblems.From(error), ApiJson.Default.ApiProblem, http.RequestAborted);
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="HoldfastException">Code <c>request.invalid</c>.</exception>
    public static async Task<T> BodyAsync<T>(HttpContext http, JsonTypeInfo<T> type)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"The request cannot be read: {exception.Message}", "Use the same version of Holdfast on every node.", exception);
        }
    }

    /// <summary>Reads a text body.</summary>
    public static async Task<string> TextAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        return await reader.ReadToEndAsync(http.RequestAborted);
    }

    /// <summary>A part of the path.</summary>
    public static string Part(HttpContext http, string name) => (string)http.Request.RouteValues[name]!;

    private static async Task LineAsync<T>(HttpContext http, T line, JsonTypeInfo<T> type)
    {
        await JsonSerializer.SerializeAsync(http.Response.Body, line, type, http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
