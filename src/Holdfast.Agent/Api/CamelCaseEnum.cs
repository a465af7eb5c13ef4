using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Agent.Api;

/// <summary>An enum as its name in camelCase; any case is read.</summary>
public sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
