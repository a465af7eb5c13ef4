using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Holdfast.Agent.Api;
using Holdfast.Management.Approvals;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Api;

/// <summary>The API as an OpenAPI 3.1 document, made of the same operations that are served. Shapes are what the serializer itself says of its types (JSON Schema 2020-12, as 3.1 has it).</summary>
internal static partial class OpenApi
{
    private const string Json = "application/json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document's text.</summary>
    public static string Write(IEnumerable<Operation> operations)
    {
        SortedDictionary<string, JsonTypeInfo> shapes = new(StringComparer.Ordinal) { [nameof(ApiProblem)] = ApiJson.Default.ApiProblem };
        var paths = new JsonObject();
        foreach (var path in operations.OrderBy(operation => operation.Path, StringComparer.Ordinal).GroupBy(operation => operation.Path))
        {
            var item = new JsonObject();
            foreach (var operation in path.OrderBy(operation => operation.Method, StringComparer.Ordinal)) item[operation.Method.ToLowerInvariant()] = Describe(operation, shapes);
            paths[ApiRoutes.Base + path.Key] = item;
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Holdfast", ["version"] = "1", ["description"] = "Everything that the console and the command line can do. Errors are problem+json (RFC 9457) with a stable code." },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["session"] = new JsonArray() }),
            ["tags"] = new JsonArray([.. ApiArea.All.Select(area => new JsonObject { ["name"] = area.Name, ["description"] = area.Meaning })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = ApiRoutes.SessionCookie },
                },
                ["schemas"] = new JsonObject(shapes.Select(shape => KeyValuePair.Create<string, JsonNode?>(shape.Key, SchemaOf(shape.Value)))),
            },
        };
        return document.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Describe(Operation operation, SortedDictionary<string, JsonTypeInfo> shapes)
    {
        var parameters = new JsonArray();
        foreach (Match part in Parameters().Matches(operation.Path)) parameters.Add(new JsonObject { ["name"] = part.Groups[1].Value, ["in"] = "path", ["required"] = true, ["schema"] = Text() });
        foreach (var (name, meaning) in operation.Query) parameters.Add(new JsonObject { ["name"] = name, ["in"] = "query", ["description"] = meaning, ["schema"] = Text() });
        if (operation.Changes) parameters.Add(new JsonObject { ["name"] = "Idempotency-Key", ["in"] = "header", ["description"] = "The same key within a day gives the first answer again.", ["schema"] = Text() });
        var answer = operation.Answer is { } type ? Content(Json, Reference(type, shapes)) : operation.StreamAnswer is { } media ? Content(media, Text()) : null;
        var ok = new JsonObject { ["description"] = "Done." };
        if (answer is not null) ok["content"] = answer;
        var described = new JsonObject
        {
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(operation.Areas[0]),
            ["x-areas"] = new JsonArray([.. operation.Areas.Select(area => (JsonNode)area)]),
            ["x-level"] = operation.Level.ToString().ToLowerInvariant(),
            ["parameters"] = parameters,
            ["responses"] = new JsonObject
            {
                ["200"] = ok,
                ["default"] = new JsonObject { ["description"] = "What is wrong, and what to do.", ["content"] = Content("application/problem+json", Reference(ApiJson.Default.ApiProblem, shapes)) },
            },
        };
        if (operation.Acts.Count > 0)
        {
            described["x-second-person"] = new JsonArray([.. operation.Acts.Select(act => (JsonNode)act.Name)]);
            described["responses"]!["202"] = new JsonObject { ["description"] = "Not carried out: it waits for a second person.", ["content"] = Content(Json, Reference(ApprovalJson.Default.ApprovalAsked, shapes)) };
        }

        if (operation.Body is { } body) described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Json, Reference(body, shapes)) };
        else if (operation.TextBody is { } text) described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(text, Text()) };
        return described;
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Content(string media, JsonNode schema) => new() { [media] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Reference(JsonTypeInfo type, SortedDictionary<string, JsonTypeInfo> shapes)
    {
        if (type.ElementType is { } element && type.Kind == JsonTypeInfoKind.Enumerable)
        {
            var of = type.Options.GetTypeInfo(element);
            return new JsonObject { ["type"] = "array", ["items"] = Reference(of, shapes) };
        }

        shapes[NameOf(type.Type)] = type;
        return new JsonObject { ["$ref"] = $"#/components/schemas/{NameOf(type.Type)}" };
    }

    private static string NameOf(Type type) => type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + string.Concat(type.GetGenericArguments().Select(NameOf)) : type.Name;

    private static JsonNode SchemaOf(JsonTypeInfo type) => type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) => context.TypeInfo.Type == typeof(PolicySchedule) ? ScheduleWords.Schema() : node, // It has a converter of its own, which cannot say.
    });

    [GeneratedRegex(@"\{\**([a-z]+)\}", RegexOptions.IgnoreCase)]
    private static partial Regex Parameters();
}
