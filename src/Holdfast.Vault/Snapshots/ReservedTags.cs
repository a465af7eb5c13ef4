using System.Globalization;

namespace Holdfast.Vault.Snapshots;

/// <summary>The tags that steer keeping. They are tags, so that <c>restic tag</c> shows and changes them too; a restic that forgets does not heed them.</summary>
public static class ReservedTags
{
    /// <summary>A legal hold: never forgotten while it is there.</summary>
    public const string Hold = "hf:hold";

    /// <summary>What is left of a snapshot that lost blobs, written by a repair.</summary>
    public const string Repaired = "hf:repaired";

    /// <summary>What every reserved tag begins with.</summary>
    public const string Prefix = "hf:";

    private const string DeleteAfterPrefix = "hf:delete-after=";

    /// <summary>Whether a tag is one of ours.</summary>
    public static bool IsReserved(string tag) => tag.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The tag of a snapshot in the trash: it is forgotten for good only after this time.</summary>
    public static string DeleteAfter(DateTimeOffset time) => DeleteAfterPrefix + time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether a legal hold is on it.</summary>
    public static bool IsHeld(this Snapshot snapshot) => snapshot.HasTag(Hold);

    /// <summary>When a snapshot in the trash may go, or null when it is not there.</summary>
    /// <remarks>Several such tags: the latest counts. A time that cannot be read never comes: what is not understood is kept.</remarks>
    public static DateTimeOffset? DeleteAfter(this Snapshot snapshot)
    {
        DateTimeOffset? latest = null;
        foreach (var tag in snapshot.Tags)
        {
            if (!tag.StartsWith(DeleteAfterPrefix, StringComparison.Ordinal)) continue;
            var time = DateTimeOffset.TryParseExact(tag[DeleteAfterPrefix.Length..], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) ? read : DateTimeOffset.MaxValue;
            if (latest is null || time > latest) latest = time;
        }

        return latest;
    }

    /// <summary>The tags without those that put it in the trash.</summary>
    public static IEnumerable<string> WithoutTrash(IEnumerable<string> tags) => tags.Where(tag => !tag.StartsWith(DeleteAfterPrefix, StringComparison.Ordinal));
}
