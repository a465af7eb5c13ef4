using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Hooks;
using Holdfast.Protection.Patterns;

namespace Holdfast.Cli.Vaults;

/// <summary>The options of <c>holdfast backup</c>, named as restic names them.</summary>
internal sealed class TreeBackupOptions
{
    private readonly Argument<string[]> _paths = new("PATH") { Description = "Files and directories to back up.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _excludes = Arguments.Repeated("--exclude", "Leave out what fits the pattern.", "PATTERN");
    private readonly Option<string[]> _excludesIgnoringCase = Arguments.Repeated("--iexclude", "The same, whatever the case of letters.", "PATTERN");
    private readonly Option<string[]> _excludeFiles = Arguments.Repeated("--exclude-file", "Read patterns from a file.", "FILE");
    private readonly Option<string[]> _excludeFilesIgnoringCase = Arguments.Repeated("--iexclude-file", "The same, whatever the case of letters.", "FILE");
    private readonly Option<string[]> _ifPresent = Arguments.Repeated("--exclude-if-present", "Leave out directories that have this file (beginning with this header), except the file.", "NAME[:HEADER]");
    private readonly Option<bool> _caches = new("--exclude-caches") { Description = "Leave out directories with a CACHEDIR.TAG." };
    private readonly Option<string?> _largerThan = Arguments.Text("--exclude-larger-than", "Leave out files longer than this (k, M, G, T).", "SIZE");
    private readonly Option<bool> _oneFileSystem = new("--one-file-system", "-x") { Description = "Stay on the file systems of the paths." };
    private readonly Option<bool> _standardInput = new("--stdin") { Description = "Back up standard input as one file." };
    private readonly Option<string> _standardInputName = new("--stdin-filename") { Description = "That file's name.", HelpName = "NAME", DefaultValueFactory = _ => "stdin" };
    private readonly Option<string[]> _tags = Arguments.List("--tag", "Tags of the snapshot.", "TAG,TAG");
    private readonly Option<string?> _host = Arguments.Text("--host", "The host name to record.", "HOST");
    private readonly Option<string?> _time = Arguments.Text("--time", "The time to record, such as '2012-11-01 22:08:41'.", "TIME");
    private readonly Option<string?> _parent = Arguments.Text("--parent", "The snapshot to compare with; else the latest of this host and these paths.", "SNAPSHOT");
    private readonly Option<bool> _force = new("--force", "-f") { Description = "Read every file, changed or not." };
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
        foreach (var option in (Option[])[_excludes, _excludesIgnoringCase, _excludeFiles, _excludeFilesIgnoringCase, _ifPresent, _caches, _largerThan, _oneFileSystem, _standardInput,
            _standardInputName, _tags, _host, _time, _parent, _force, _withAccessTime, _ignoreInode, _ignoreChangeTime, _dryRun, _readers, _before, _after]) command.Add(option);
    }

    /// <exception cref="HoldfastException"><c>usage.*</c>, <c>pattern.*</c>.</exception>
    public SnapshotRequest Read(Invocation run, Action<FileIssue> onIssue)
    {
        var paths = run.Get(_paths);
        var isStream = run.Get(_standardInput);
        if (isStream == paths.Length > 0) throw new UsageException(isStream ? "paths-and-stdin" : "paths-missing", isStream ? "Paths and --stdin cannot be combined." : "Nothing to back up is named.", "Name paths, or use --stdin.");
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
            Host = run.Get(_host) ?? Environment.MachineName,
            Tags = run.Get(_tags),
            Excludes = excludes,
            Time = run.Get(_time) is { } time ? ParseTime(time) : null,
            Parent = run.Get(_parent),
            Force = run.Get(_force),
            DryRun = run.Get(_dryRun),
            Stream = isStream ? Console.OpenStandardInput() : null,
            StreamName = run.Get(_standardInputName),
            Hooks = new HookCommands { Before = run.Get(_before), After = run.Get(_after) },
        };
    }

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? time : throw new UsageException("time", $"'{text}' is no time.", "Write it as 2012-11-01 22:08:41.");
}
