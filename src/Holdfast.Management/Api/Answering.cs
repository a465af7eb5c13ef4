using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>Makes operations whose answer is a value.</summary>
internal static class Answering
{
    /// <summary>An operation without a body.</summary>
    public static Operation Get<T>(string path, Holdfast.Cluster.Access.AccessLevel level, string summary, JsonTypeInfo<T> answer, Func<HttpContext, Person, Task<T>> act) =>
        new("GET", path, level, summary, (http, person) => NodeApi.AnswerAsync(http, answer, () => act(http, person))) { Answer = answer };

    /// <summary>An operation with a JSON body.</summary>
    public static Operation Send<TBody, T>(string method, string path, Holdfast.Cluster.Access.AccessLevel level, string summary, JsonTypeInfo<TBody> body, JsonTypeInfo<T> answer, Func<HttpContext, Person, TBody, Task<T>> act) =>
        new(method, path, level, summary, (http, person) => NodeApi.AnswerAsync(http, answer, async () => await act(http, person, await NodeApi.BodyAsync(http, body)))) { Body = body, Answer = answer };

    /// <summary>An act without a body, answered with what was done.</summary>
    public static Operation Act(string method, string path, Holdfast.Cluster.Access.AccessLevel level, string summary, Func<HttpContext, Person, Task<string>> act) =>
        new(method, path, level, summary, (http, person) => NodeApi.DoneAsync(http, () => act(http, person))) { Answer = ApiJson.Default.Done };
}
