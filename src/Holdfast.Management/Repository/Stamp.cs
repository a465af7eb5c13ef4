namespace Holdfast.Management.Repository;

/// <summary>Times as the database has them: milliseconds since 1970, UTC.</summary>
internal static class Stamp
{
    /// <summary>For the database.</summary>
    public static long Of(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    /// <summary>For the database.</summary>
    public static long? Of(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();

    /// <summary>From the database.</summary>
    public static DateTimeOffset From(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    /// <summary>From the database.</summary>
    public static DateTimeOffset? From(long? at) => at is { } some ? From(some) : null;
}
