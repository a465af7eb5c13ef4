using Holdfast.Protection.Patterns;

namespace Holdfast.Protection.Restores;

/// <summary>What of a snapshot is restored: all but the excluded, or only the included.</summary>
public sealed record RestoreSelection
{
    /// <summary>Everything.</summary>
    public static RestoreSelection All { get; } = new();

    public PatternList Excludes { get; init; } = new([]);

    public PatternList ExcludesIgnoringCase { get; init; } = new([], ignoreCase: true);

    public PatternList Includes { get; init; } = new([]);

    public PatternList IncludesIgnoringCase { get; init; } = new([], ignoreCase: true);

    /// <summary>Gets the very paths that are restored; null, the default, when patterns say it.</summary>
    public PathSet? Only { get; init; }

    /// <exception cref="HoldfastException"><c>restore.selection</c>: both includes and excludes.</exception>
    public void Validate()
    {
        if (HasExcludes && HasIncludes) throw new HoldfastException(ErrorKind.Invalid, "restore.selection", "Includes and excludes cannot be combined.", "Use one of them.");
    }

    /// <summary>Whether something is restored, and whether something below it may be.</summary>
    internal (bool IsSelected, bool Below) Select(string path)
    {
        if (Only is not null) return Only.Select(path);
        if (HasExcludes)
        {
            var isSelected = !Excludes.Match(path).Matches && !ExcludesIgnoringCase.Match(path).Matches;
            return (isSelected, isSelected);
        }

        if (!HasIncludes) return (true, true);
        var plain = Includes.Match(path);
        var ignoring = IncludesIgnoringCase.Match(path);
        return (plain.Matches || ignoring.Matches, plain.MayMatchBelow || ignoring.MayMatchBelow);
    }

    private bool HasExcludes => !Excludes.IsEmpty || !ExcludesIgnoringCase.IsEmpty;

    private bool HasIncludes => !Includes.IsEmpty || !IncludesIgnoringCase.IsEmpty;
}
