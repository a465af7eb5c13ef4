using System.Collections.Immutable;

namespace Holdfast.Management.Repository.Rows;

/// <summary>A snapshot as its vault lists it: what the catalogue is rebuilt from.</summary>
public sealed record CatalogueEntry
{
    /// <summary>Gets its id in the vault.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the id that it had first: a change of tags gives it another. Null when it still has that.</summary>
    public string? Original { get; init; }

    /// <summary>Gets when it was taken.</summary>
    public required DateTimeOffset Taken { get; init; }

    /// <summary>Gets the host in it.</summary>
    public required string Host { get; init; }

    /// <summary>Gets the machine that made it; null when nobody said, and what is known stays.</summary>
    public string? Node { get; init; }

    /// <summary>Gets its paths.</summary>
    public ImmutableArray<string> Paths { get; init; } = [];

    /// <summary>Gets its tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Gets the shared volumes that were attached to its node; null when nobody said, and what is known stays.</summary>
    public ImmutableArray<string>? SharedVolumes { get; init; }

    /// <summary>Gets its status: complete, partial, held, forgotten.</summary>
    public string Status { get; init; } = "complete";

    /// <summary>Gets what people call it; null for the first eight digits of its id.</summary>
    public string? Name { get; init; }

    /// <summary>Gets whether it is full or incremental; null when the listing does not say, and what is known stays.</summary>
    public string? Type { get; init; }

    /// <summary>Gets how many bytes it holds; null when the listing does not say, and what is known stays.</summary>
    public long? UsedBytes { get; init; }

    /// <summary>Gets how many bytes it added; null when the listing does not say, and what is known stays.</summary>
    public long? DeltaBytes { get; init; }
}
