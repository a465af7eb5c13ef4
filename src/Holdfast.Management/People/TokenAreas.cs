using System.Collections.Immutable;
using Holdfast.Management.Api;

namespace Holdfast.Management.People;

/// <summary>Which areas a new token is limited to: pure.</summary>
internal static class TokenAreas
{
    /// <summary>The areas, each once, in the order of <see cref="ApiArea.Names"/>; empty for all.</summary>
    /// <param name="asked">What is asked for; null or empty for all.</param>
    /// <param name="by">Who asks. Nobody gives more than they have.</param>
    /// <exception cref="HoldfastException">Code <c>token.invalid</c>.</exception>
    public static ImmutableArray<string> Of(IReadOnlyList<string>? asked, Person by)
    {
        var wanted = asked ?? [];
        if (wanted.FirstOrDefault(area => !ApiArea.Names.Contains(area)) is { } stranger) throw Invalid($"there is no area '{stranger}'; there are {string.Join(", ", ApiArea.Names)}.");
        if (!by.Areas.IsEmpty && (wanted.Count == 0 || wanted.Any(area => !by.Areas.Contains(area)))) throw Invalid($"{by.Name} is limited to {string.Join(", ", by.Areas)}, and nobody can give more than they have.");
        return [.. ApiArea.Names.Where(area => wanted.Contains(area))];
    }

    private static HoldfastException Invalid(string message) => new(ErrorKind.Invalid, "token.invalid", $"areas: {message}", "Nothing was changed.");
}
