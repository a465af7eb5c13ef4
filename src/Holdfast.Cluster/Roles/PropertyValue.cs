using System.Collections.Immutable;

namespace Holdfast.Cluster.Roles;

/// <summary>The value of a resource's property: a text, a list of texts, or a map of texts. Exactly one is set.</summary>
public sealed record PropertyValue
{
    /// <summary>Gets the single text, or null.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the list, or null.</summary>
    public ImmutableArray<string>? Items { get; init; }

    /// <summary>Gets the map, or null.</summary>
    public ImmutableSortedDictionary<string, string>? Entries { get; init; }

    /// <summary>A text.</summary>
    public static PropertyValue Of(string text) => new() { Text = text };

    /// <summary>A list.</summary>
    public static PropertyValue Of(IEnumerable<string> items) => new() { Items = [.. items] };

    /// <summary>A map.</summary>
    public static PropertyValue Of(IEnumerable<KeyValuePair<string, string>> entries) => new() { Entries = entries.ToImmutableSortedDictionary(StringComparer.Ordinal) };

    /// <inheritdoc/>
    public bool Equals(PropertyValue? other) =>
        other is not null && Text == other.Text
        && (Items is null) == (other.Items is null) && (Items is null || Items.Value.SequenceEqual(other.Items!.Value))
        && (Entries is null) == (other.Entries is null) && (Entries is null || Entries.SequenceEqual(other.Entries!));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, Items?.Length, Entries?.Count);

    /// <inheritdoc/>
    public override string ToString() => Text ?? (Items is { } items ? string.Join(' ', items) : string.Join(", ", Entries!.Select(e => $"{e.Key}={e.Value}")));
}
