using System.Globalization;

namespace Holdfast.Management.Hosting;

/// <summary>Up to where somebody who follows the stream has the events that are kept. Ids grow in the order in which they become visible, in one database.</summary>
/// <param name="Database">Which database (<c>RepositoryDatabase.Identity</c>): the ids of another say nothing here.</param>
/// <param name="Key">The event's id.</param>
internal readonly record struct StreamPosition(long Database, long Key)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Database}.{Key}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is something else, as from an earlier build.</summary>
    public static StreamPosition? Parse(string? text) =>
        text?.Split('.') is [var database, var key] && long.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var which) && long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new StreamPosition(which, number) : null;
}
