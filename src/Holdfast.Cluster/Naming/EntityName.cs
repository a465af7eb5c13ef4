using System.Text.RegularExpressions;

namespace Holdfast.Cluster.Naming;

/// <summary>The rule that names of nodes, roles and resources share: 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit (an RFC 1123 label).</summary>
public static partial class EntityName
{
    /// <summary>Returns <paramref name="value"/>, or throws when it is not a valid name.</summary>
    /// <exception cref="HoldfastException">Code <c>name.invalid</c>.</exception>
    public static string Require(string? value, string kind) =>
        IsValid(value) ? value! : throw new HoldfastException(ErrorKind.Invalid, "name.invalid", $"'{value}' is not a valid {kind} name.",
            "Use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit.");

    /// <summary>Whether <paramref name="value"/> is a valid name.</summary>
    public static bool IsValid(string? value) => value is not null && Shape().IsMatch(value);

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
