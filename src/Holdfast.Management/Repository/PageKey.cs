using System.Globalization;
using Holdfast.Cluster;

namespace Holdfast.Management.Repository;

/// <summary>Where a page ended: the time and the key of its last row. Rows that come and go meanwhile make no row come twice or never.</summary>
internal readonly record struct PageKey(long At, long Key)
{
    /// <summary>Gets the place before every row.</summary>
    public static PageKey Newest { get; } = new(long.MaxValue, long.MaxValue);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}.{Key}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="HoldfastException"><c>request.after-invalid</c>.</exception>
    public static PageKey Parse(string text) =>
        text.Split('.') is [var at, var key]
        && long.TryParse(at, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time) && long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new PageKey(time, number)
            : throw new HoldfastException(ErrorKind.Invalid, "request.after-invalid", $"after: '{text}' is no place in this list.", "Give what the page before had in next, or nothing.");
}
