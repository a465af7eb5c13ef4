namespace Holdfast.Leash.Units;

/// <summary>The mark that every unit's chain carries in its command line: <c>holdfast-unit:scope:instance:unit</c>.</summary>
internal static class UnitMarker
{
    /// <summary>The environment variable that carries it where there are no namespaces.</summary>
    public const string Variable = "HOLDFAST_MARK";

    public static string Prefix(string scope) => $"holdfast-unit:{scope}:";
}
