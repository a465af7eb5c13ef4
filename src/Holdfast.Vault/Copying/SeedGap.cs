using System.Globalization;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Copying;

/// <summary>Something that a seed lacks.</summary>
public abstract record SeedGap
{
    private SeedGap()
    {
    }

    /// <summary>All shared volumes were never present at one backup.</summary>
    /// <param name="NeverSeen">Those that were present at none.</param>
    public sealed record NoBackupWithAllVolumes(IReadOnlyList<string> NeverSeen) : SeedGap
    {
        public override string ToString() => "no backup was made with all shared volumes present" + (NeverSeen.Count == 0 ? "" : $" ({string.Join(", ", NeverSeen)} at none)");
    }

    /// <summary>A node without a base.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="TooOld">Its last complete backup, when that is older than the first with all shared volumes.</param>
    public sealed record NoBaseOfNode(string Node, Snapshot? TooOld) : SeedGap
    {
        public override string ToString() => Sentence("node " + Node, TooOld);
    }

    /// <summary>A shared volume without a base.</summary>
    public sealed record NoBaseOfVolume(string Volume, Snapshot? TooOld) : SeedGap
    {
        public override string ToString() => Sentence("shared volume " + Volume, TooOld);
    }

    private static string Sentence(string subject, Snapshot? tooOld) => tooOld is null
        ? $"{subject} has no complete backup"
        : string.Create(CultureInfo.InvariantCulture, $"the last complete backup of {subject}, {tooOld.ShortId} of {tooOld.Time:yyyy-MM-dd HH:mm}, is older than the first with all shared volumes");
}
