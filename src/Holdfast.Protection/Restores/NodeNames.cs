namespace Holdfast.Protection.Restores;

/// <summary>Which names a tree may have: a hostile one may hold any.</summary>
internal static class NodeNames
{
    public static bool IsSafe(string name) => name is not ("" or "." or "..") && !name.AsSpan().ContainsAny('/', '\0');
}
