using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources;

/// <summary>Typed reading of a resource's properties. What is wrong was refused when the role was declared, so these do not report.</summary>
internal static class ResourceProperties
{
    public static string? Text(this ResourceSpec resource, string name) =>
        resource.Properties.TryGetValue(name, out var value) && value.Text is { Length: > 0 } text ? text : null;

    public static string RequiredText(this ResourceSpec resource, string name) =>
        resource.Text(name) ?? throw new InvalidOperationException($"{resource.Name} has no '{name}', although validation requires it.");

    /// <summary>A list; a single text is a command line split at spaces.</summary>
    public static ImmutableArray<string> List(this ResourceSpec resource, string name) =>
        !resource.Properties.TryGetValue(name, out var value) ? []
        : value.Items ?? [.. (value.Text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A list of phrases; a single text is one of them.</summary>
    public static ImmutableArray<string> Phrases(this ResourceSpec resource, string name) =>
        resource.Properties.TryGetValue(name, out var value) && value.Items is { } items ? items : resource.Text(name) is { } text ? [text] : [];

    public static ImmutableSortedDictionary<string, string> Map(this ResourceSpec resource, string name) =>
        resource.Properties.TryGetValue(name, out var value) && value.Entries is { } entries ? entries : ImmutableSortedDictionary<string, string>.Empty;

    public static TimeSpan Duration(this ResourceSpec resource, string name, TimeSpan otherwise) =>
        resource.Text(name) is { } text && Durations.TryParse(text, out var duration) ? duration : otherwise;

    /// <summary>The path of a property in messages.</summary>
    public static string PathOf(RoleSpec role, ResourceSpec resource, string property) => $"roles.{role.Name}.resources.{resource.Name}.{property}";

    /// <summary>Checks a duration property against its bounds.</summary>
    public static IEnumerable<SpecProblem> CheckDuration(RoleSpec role, ResourceSpec resource, string name, TimeSpan least, TimeSpan most)
    {
        if (resource.Text(name) is not { } text) yield break;

        if (!Durations.TryParse(text, out var duration)) yield return new(PathOf(role, resource, name), Durations.Complaint(text));
        else if (duration < least || duration > most)
            yield return new(PathOf(role, resource, name), $"is {text}; it must be from {Durations.Format(least)} to {Durations.Format(most)}.");
    }

    /// <summary>Checks that a property is one of a few words.</summary>
    public static IEnumerable<SpecProblem> CheckChoice(RoleSpec role, ResourceSpec resource, string name, params string[] choices)
    {
        if (resource.Text(name) is { } text && !choices.Contains(text))
            yield return new(PathOf(role, resource, name), $"is '{text}'; it must be {string.Join(", ", choices[..^1])} or {choices[^1]}.");
    }

    /// <summary>The property <c>port</c>; null when it is not given, or is no port.</summary>
    public static int? Port(this ResourceSpec resource) =>
        int.TryParse(resource.Text("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;

    /// <summary>Checks that the property <c>port</c> is one, if it is given.</summary>
    public static IEnumerable<SpecProblem> CheckPort(RoleSpec role, ResourceSpec resource)
    {
        if (resource.Text("port") is { } text && resource.Port() is null) yield return new(PathOf(role, resource, "port"), $"'{text}' is not a port from 1 to 65535.");
    }

    /// <summary>Checks that a property is an absolute path.</summary>
    public static IEnumerable<SpecProblem> CheckAbsolutePath(RoleSpec role, ResourceSpec resource, string name)
    {
        if (resource.Text(name) is { } text && (!text.StartsWith('/') || text.Contains('\0', StringComparison.Ordinal)))
            yield return new(PathOf(role, resource, name), $"is '{text}'; it must be an absolute path.");
    }
}
