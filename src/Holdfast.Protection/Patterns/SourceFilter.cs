using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Patterns;

/// <summary>What a backup leaves out. Paths are absolute, as recorded.</summary>
public sealed record SourceFilter
{
    /// <summary>The first bytes of a <c>CACHEDIR.TAG</c> (https://bford.info/cachedir/).</summary>
    private const string CacheTag = "CACHEDIR.TAG:Signature: 8a477f597d28d172789f06886806bc55";

    /// <summary>Leaves out nothing.</summary>
    public static SourceFilter None { get; } = new();

    /// <summary>Gets the patterns of what is left out.</summary>
    public PatternList Excludes { get; init; } = new([]);

    /// <summary>Gets the same, whatever the case of letters.</summary>
    public PatternList ExcludesIgnoringCase { get; init; } = new([], ignoreCase: true);

    /// <summary>Gets files (<c>name</c>, or <c>name:first bytes</c>) whose presence leaves out all else in their directory.</summary>
    public IReadOnlyList<DirectoryTag> IfPresent { get; init; } = [];

    /// <summary>Gets the length in bytes above which a file is left out.</summary>
    /// <value>The default is null: none is.</value>
    public long? LargerThan { get; init; }

    /// <summary>Gets whether other file systems that are mounted below a source are left out; the directories they are mounted on stay.</summary>
    public bool OneFileSystem { get; init; }

    /// <summary>The tag of directories that hold caches.</summary>
    public static DirectoryTag CacheDirectory => DirectoryTag.Parse(CacheTag);

    internal bool LeavesOut(string path) => Excludes.Match(path).Matches || ExcludesIgnoringCase.Match(path).Matches;

    internal bool LeavesOut(in FileStat stat, ulong? sourceDevice, bool parentIsOnSource)
    {
        if (stat.Type != NodeType.Directory && LargerThan is { } limit && stat.Size > (ulong)limit) return true;
        if (!OneFileSystem || sourceDevice is not { } device || stat.Device == device) return false;
        return stat.Type != NodeType.Directory || !parentIsOnSource;
    }
}
