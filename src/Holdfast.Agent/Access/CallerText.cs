using Holdfast.Cluster.Access;

namespace Holdfast.Agent.Access;

/// <summary>A caller as one line of text, between processes of one product that trust each other: <c>LEVEL;ADDRESS;NAME</c>, each part escaped as in a URL.</summary>
public static class CallerText
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Holdfast-Caller";

    /// <summary>Writes it.</summary>
    public static string Write(AccessLevel level, string address, string name) => $"{level.ToString().ToLowerInvariant()};{Uri.EscapeDataString(address)};{Uri.EscapeDataString(name)}";

    /// <summary>Reads the three parts; null when it is none.</summary>
    public static (AccessLevel Level, string Address, string Name)? Parse(string text) =>
        text.Split(';') is [var level, var address, var name] && Enum.TryParse<AccessLevel>(level, ignoreCase: true, out var known) && !int.TryParse(level, out _)
            ? (known, Uri.UnescapeDataString(address), Uri.UnescapeDataString(name)) : null;

    internal static Caller? Read(string text) => Parse(text) is var (level, address, name) ? new Caller(name, address, level, []) : null;
}
