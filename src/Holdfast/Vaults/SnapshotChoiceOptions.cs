using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary>The options with which commands choose snapshots, named as restic names them. Each command makes its own: a symbol belongs to one command.</summary>
internal sealed class SnapshotChoiceOptions
{
    private readonly Option<string[]> _hosts = Arguments.Repeated("--host", "Only snapshots of this host.", "HOST");
    private readonly Option<string[]> _paths = Arguments.Repeated("--path", "Only snapshots that have this path.", "PATH");
    private readonly Option<string[]> _tags = Arguments.Repeated("--tag", "Only snapshots that have all these tags.", "TAG,TAG");
    private readonly Option<string[]> _volumes = Arguments.Repeated("--volume", "Only snapshots of this volume.", "ID");

    public SnapshotChoiceOptions() => _hosts.Aliases.Add("-H");

    /// <summary>Adds them to a command, and returns it.</summary>
    public Verb AddTo(Verb command)
    {
        command.Add(_hosts);
        command.Add(_paths);
        command.Add(_tags);
        command.Add(_volumes);
        return command;
    }

    /// <summary>What was asked for.</summary>
    public SnapshotFilter Read(Invocation run, bool trash = false) => new()
    {
        Hosts = run.Get(_hosts),
        Paths = run.Get(_paths),
        TagLists = [.. run.Get(_tags).Select(SnapshotFilter.TagList)],
        Volumes = run.Get(_volumes),
        Trash = trash,
    };

    /// <summary>The argument of commands that take several.</summary>
    public static Argument<string[]> Several() => new("SNAPSHOT") { Description = "latest, or the first digits of an id.", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The argument of commands that take one.</summary>
    public static Argument<string> One(string name = "SNAPSHOT") => new(name) { Description = "latest, or the first digits of an id; with a path after a colon, as in latest:/srv/shop, only what is in that directory." };

    /// <summary>The snapshots that are named, or without names those that the options choose.</summary>
    public IReadOnlyList<Snapshot> Choose(Invocation run, IReadOnlyList<Snapshot> all, string[] names, bool trash = false)
    {
        var filter = Read(run, trash);
        return names.Length == 0 ? [.. all.Where(filter.Matches)] : [.. names.Select(name => SnapshotChoice.Parse(name).Find(all, filter)).DistinctBy(snapshot => snapshot.Id)];
    }
}
