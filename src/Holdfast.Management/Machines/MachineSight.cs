using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Machines;

/// <summary>What was seen of a machine.</summary>
/// <param name="Seen">When it told that; null when it never did.</param>
/// <param name="Trouble">Why it did not tell the last time; null when it did, or this owner of the service did not ask yet.</param>
/// <param name="Local">Its volumes.</param>
/// <param name="Shared">The shared volumes, as it sees them.</param>
internal sealed record MachineSight(DateTimeOffset? Seen, string? Trouble, JsonElement? Local, JsonElement? Shared)
{
    /// <summary>Gets the volumes of it that can be protected.</summary>
    public ImmutableArray<InventoryThing> Things { get; init; } = [];

    /// <summary>Gets the file systems of the shared volumes that were attached to it, by id.</summary>
    public ImmutableSortedDictionary<string, string> FileSystems { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Gets whether it told an earlier owner of the service, and nobody asked it since: good enough to know what it has, too old to judge how that is now.</summary>
    public bool IsRecalled { get; init; }

    /// <summary>What a machine told.</summary>
    /// <exception cref="FormatException">It is no inventory.</exception>
    public static MachineSight Of(string node, DateTimeOffset seen, JsonElement local, JsonElement shared)
    {
        try
        {
            return new MachineSight(seen, null, local, shared) { Things = [.. ThingsOf(node, local)], FileSystems = FileSystemsOf(local) };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"What {node} told of its volumes cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Whether the same things are there as in another, whatever their sizes.</summary>
    public bool HasSame(MachineSight other) => Things.SequenceEqual(other.Things) && FileSystems.SequenceEqual(other.FileSystems);

    private static IEnumerable<InventoryThing> ThingsOf(string node, JsonElement local)
    {
        foreach (var volume in Items(local))
        {
            var mounts = Items(volume.GetProperty("mounts")).Select(mount => mount.GetProperty("path").GetString()!).ToImmutableArray();
            if (mounts is [var first, ..]) yield return new InventoryThing(ThingKind.Volume, first, node, null, mounts, volume.GetProperty("fileSystem").GetString());
        }
    }

    private static ImmutableSortedDictionary<string, string> FileSystemsOf(JsonElement local)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var volume in Items(local))
        {
            if (volume.GetProperty("sharedVolumeId").GetString() is { } id && volume.GetProperty("fileSystem").GetString() is { } kind) found[id] = kind;
        }

        return found.ToImmutable();
    }

    private static IEnumerable<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
