using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Hooks;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Volumes;
using Holdfast.Protection.VolumeSnapshots;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary>The options of <c>holdfast backup</c>, named as restic names them.</summary>
internal sealed class TreeBackupOptions
{
    // In memory: a boot thaws everything, and its notes must not outlive that.
    internal const string FreezeFolder = "/run/holdfast/frozen";

    private readonly Argument<string[]> _paths = new("PATH") { Description = "Files and directories to back up.", Arity = ArgumentArity.ZeroOrMore };
    private readonly SourceListOptions _lists = new();
    private readonly Option<string[]> _excludes = Arguments.Repeated("--exclude", "Leave out what fits the pattern: *.tmp, /srv/*/cache, /srv/**/old; one that begins with ! takes back.", "PATTERN");
    private readonly Option<string[]> _excludesIgnoringCase = Arguments.Repeated("--iexclude", "As --exclude, whatever the case of letters.", "PATTERN");
    private readonly Option<string[]> _excludeFiles = Arguments.Repeated("--exclude-file", "As --exclude, with the patterns in a file, one a line.", "FILE");
    private readonly Option<string[]> _excludeFilesIgnoringCase = Arguments.Repeated("--iexclude-file", "As --exclude-file, whatever the case of letters.", "FILE");
    private readonly Option<string[]> _ifPresent = Arguments.Repeated("--exclude-if-present", "Leave out directories that have this file (beginning with this header), except the file.", "NAME[:HEADER]");
    private readonly Option<bool> _caches = new("--exclude-caches") { Description = "Leave out directories with a CACHEDIR.TAG." };
    private readonly Option<string?> _largerThan = Arguments.Text("--exclude-larger-than", "Leave out files longer than this (k, M, G, T).", "SIZE");
    private readonly Option<string?> _image = Arguments.Text("--image", "Back up a block device or an image file as a volume, block by block; of later backups only what changed is read where the file system can tell (XFS, btrfs).", "DEVICE|FILE");
    private readonly Option<string?> _volume = Arguments.Text("--volume", "With --image: the volume's id, which ties its backups together; else that of its file system, or host and path.", "ID");
    private readonly Option<bool> _freeze = new("--freeze") { Description = "With --image: hold the file system of a mounted device still while it is read, for 30 seconds at most; whoever writes to it waits." };
    private readonly Option<bool> _oneFileSystem = new("--one-file-system", "-x") { Description = "Stay on the file systems of the paths." };
    private readonly Option<bool> _standardInput = new("--stdin") { Description = "Back up standard input as one file." };
    private readonly Option<string> _standardInputName = new("--stdin-filename") { Description = "That file's name.", HelpName = "NAME", DefaultValueFactory = _ => "stdin" };
    private readonly Option<string[]> _tags = Arguments.List("--tag", "Tags of the snapshot.", "TAG,TAG");
    private readonly Option<string?> _host = Arguments.Text("--host", "The host name to record.", "HOST");
    private readonly Option<string?> _time = Arguments.Text("--time", "The time to record, such as '2012-11-01 22:08:41'.", "TIME");
    private readonly Option<string?> _parent = Arguments.Text("--parent", "The snapshot to compare with; else the latest of this host and these paths, or of this volume.", "SNAPSHOT");
    private readonly Option<bool> _force = new("--force", "-f") { Description = "Read everything, changed or not." };
    private readonly Option<bool> _withAccessTime = new("--with-atime") { Description = "Record times of access." };
    private readonly Option<bool> _ignoreInode = new("--ignore-inode") { Description = "A file with another inode number may be unchanged." };
    private readonly Option<bool> _ignoreChangeTime = new("--ignore-ctime") { Description = "A file with another time of change of its inode may be unchanged." };
    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Write nothing; say what would be." };
    private readonly Option<int?> _readers = new("--read-concurrency") { Description = "How many files are read at once.", HelpName = "N" };
    private readonly Option<string?> _before = Arguments.Text("--pre-command", "A shell command to run before; when it fails nothing is backed up.", "COMMAND");
    private readonly Option<string?> _after = Arguments.Text("--post-command", "A shell command to run after, with $HOLDFAST_RESULT ok or failed.", "COMMAND");

    public void AddTo(Command command)
    {
        _excludes.Aliases.Add("-e");
        _host.Aliases.Add("-H");
        command.Add(_paths);
        foreach (var option in _lists.All) command.Add(option);
        foreach (var option in (Option[])[_excludes, _excludesIgnoringCase, _excludeFiles, _excludeFilesIgnoringCase, _ifPresent, _caches, _largerThan, _oneFileSystem, _image, _volume, _freeze, _standardInput,
            _standardInputName, _tags, _host, _time, _parent, _force, _withAccessTime, _ignoreInode, _ignoreChangeTime, _dryRun, _readers, _before, _after]) command.Add(option);
    }

    /// <summary>Whether a volume is to be backed up, and not files.</summary>
    public bool IsImage(Invocation run) => run.Has(_image);

    /// <summary>What was asked for with <c>--image</c>.</summary>
    /// <exception cref="HoldfastException"><c>usage.*</c>.</exception>
    public VolumeSnapshotRequest ReadImage(Invocation run, Action<string> onWarning)
    {
        if (run.Get(_paths).Length > 0) throw new UsageException("paths-and-image", "Paths and --image cannot be combined.", "Back them up one after the other.");
        foreach (var option in (Option[])[.. _lists.All, _excludes, _excludesIgnoringCase, _excludeFiles, _excludeFilesIgnoringCase, _ifPresent, _caches, _largerThan, _oneFileSystem, _standardInput,
            _standardInputName, _withAccessTime, _ignoreInode, _ignoreChangeTime, _dryRun, _readers])
        {
            if (run.Has(option)) throw new UsageException("image-option", $"{option.Name} means nothing for an image.", $"Leave it out, or back up files instead of --image.");
        }

        return new()
        {
            Path = run.Get(_image)!,
            Volume = run.Get(_volume),
            Host = HostOf(run),
            Tags = run.Get(_tags),
            Time = TimeOf(run),
            Parent = run.Get(_parent),
            ReadAll = run.Get(_force),
            FreezeNotes = run.Get(_freeze) ? new FreezeNotes(FreezeFolder) : null,
            Hooks = HooksOf(run),
            OnWarning = onWarning,
        };
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="HoldfastException"><c>usage.*</c>, <c>pattern.*</c>.</exception>
    public SnapshotRequest Read(Invocation run, Action<FileIssue> onIssue, Action<string> onWarning)
    {
        var named = run.Get(_paths);
        var hasSources = named.Length > 0 || _lists.AreIn(run);
        var isStream = run.Get(_standardInput);
        foreach (var option in (Option[])[_volume, _freeze])
        {
            if (run.Has(option)) throw new UsageException("image-missing", $"{option.Name} goes with --image only.", "Name the volume with --image.");
        }

        if (isStream == hasSources) throw new UsageException(isStream ? "paths-and-stdin" : "paths-missing", isStream ? "Paths, or lists of them, and --stdin cannot be combined." : "Nothing to back up is named.", "Name paths, or use --files-from, --stdin or --image.");
        var paths = _lists.Read(run, named, onWarning);
        string[] excludes = [.. run.Get(_excludes), .. run.Get(_excludeFiles).SelectMany(PatternFile.Read)];
        var trees = new BackupRequest
        {
            Sources = [.. paths.Select(path => new BackupSource(path))],
            Filter = new()
            {
                Excludes = new(excludes),
                ExcludesIgnoringCase = new([.. run.Get(_excludesIgnoringCase), .. run.Get(_excludeFilesIgnoringCase).SelectMany(PatternFile.Read)], ignoreCase: true),
                IfPresent = [.. run.Get(_ifPresent).Select(DirectoryTag.Parse), .. run.Get(_caches) ? [SourceFilter.CacheDirectory] : Array.Empty<DirectoryTag>()],
                LargerThan = run.Get(_largerThan) is { } size ? SizeText.Parse(size) : null,
                OneFileSystem = run.Get(_oneFileSystem),
            },
            WithAccessTime = run.Get(_withAccessTime),
            IgnoreInode = run.Get(_ignoreInode),
            IgnoreChangeTime = run.Get(_ignoreChangeTime),
            OnIssue = onIssue,
            CountTotals = run.Report.Live || run.Json,
        };
        if (run.Get(_readers) is { } readers) trees = trees with { Readers = Math.Clamp(readers, 1, 64) };
        return new()
        {
            Trees = trees,
            Host = HostOf(run),
            Tags = run.Get(_tags),
            Excludes = excludes,
            Time = TimeOf(run),
            Parent = run.Get(_parent),
            Force = run.Get(_force),
            DryRun = run.Get(_dryRun),
            Stream = isStream ? run.Surroundings.OpenInput() : null,
            StreamName = run.Get(_standardInputName),
            Facts = new() { Node = HostName.Current },
            Hooks = HooksOf(run),
        };
    }

    private string HostOf(Invocation run) => run.Get(_host) ?? HostName.Current;

    private HookCommands HooksOf(Invocation run) => new() { Before = run.Get(_before), After = run.Get(_after) };

    private DateTimeOffset? TimeOf(Invocation run) => run.Get(_time) is { } time ? ParseTime(time) : null;

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? time : throw new UsageException("time", $"'{text}' is no time.", "Write it as 2012-11-01 22:08:41.");
}
