namespace Holdfast.Agent.Tracing;

/// <summary>Whether and where to spans are sent: OpenTelemetry's own environment variables.</summary>
public static class TraceSettings
{
    private const string Prefix = "OTEL_";

    // What a collector is shown may be a secret, and what a process is started with can be read by everybody on the machine.
    private const string Secretive = "_HEADERS";

    /// <summary>Whether somebody wants them.</summary>
    public static bool IsWanted(Func<string, string?> environment) =>
        (Has(environment, "OTEL_EXPORTER_OTLP_ENDPOINT") || Has(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
        && !string.Equals(environment("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase) && environment("OTEL_TRACES_EXPORTER") is null or "" or "otlp";

    /// <summary>The variables of this process that say so, for a process of ours that the leash starts with a clean environment; none when nobody wants spans.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ToPassOn() =>
        !IsWanted(Environment.GetEnvironmentVariable) ? []
        : Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(variable => variable is { Key: string name, Value: string } && name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith(Secretive, StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string)variable.Value!));

    private static bool Has(Func<string, string?> environment, string name) => !string.IsNullOrEmpty(environment(name));
}
