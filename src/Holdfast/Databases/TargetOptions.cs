using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Protection.Databases;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Databases;

/// <summary>The options that say which point a database is restored to. Each command makes its own.</summary>
internal sealed class TargetOptions
{
    private readonly Option<DateTimeOffset?> _time = new("--target-time")
    {
        Description = "As it was then: 2026-11-21 13:05:00, in this machine's zone, or 2026-11-21T13:05:00+01:00.", HelpName = "TIME",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)) return time;
            result.AddError($"--target-time '{result.Tokens[0].Value}' is no time; write 2026-11-21 13:05:00 or 2026-11-21T13:05:00Z");
            return null;
        },
    };

    private readonly Option<string?> _place = Arguments.Text("--target-lsn", "As it was at a place in the log, such as 16/B374D848.", "LSN");
    private readonly Option<ulong?> _transaction = new("--target-xid") { Description = "As it was right after a transaction.", HelpName = "XID" };
    private readonly Option<bool> _immediate = new("--immediate") { Description = "As it was at the end of the base backup. The default is the latest point that the vault has." };
    private readonly Option<uint?> _timeline = new("--timeline") { Description = "The timeline to follow. The default is the newest.", HelpName = "N" };
    private readonly Option<string?> _base = Arguments.Text("--base", "The base backup to begin with. The default is the newest before the target.", "SNAPSHOT");
    private readonly Option<string?> _id = Arguments.Text("--id", "The database's identifier, when several had the name.", "ID");

    public T AddTo<T>(T command)
        where T : Command
    {
        command.Add(_time);
        command.Add(_place);
        command.Add(_transaction);
        command.Add(_immediate);
        command.Add(_timeline);
        command.Add(_base);
        command.Add(_id);
        return command;
    }

    /// <summary>Reads the vault's index, and the chain of the database that is meant.</summary>
    public async Task<IReadOnlyList<DatabaseSnapshot>> ChainAsync(Invocation run, VaultRepository vault, string name, CancellationToken cancellationToken)
    {
        await vault.LoadIndexAsync(cancellationToken);
        return DatabaseCatalog.ChainOf(await DatabaseCatalog.ListAsync(vault, cancellationToken), name, run.Get(_id));
    }

    /// <summary>Gets the base backup.</summary>
    public string? Base(Invocation run) => run.Get(_base);

    /// <summary>The target.</summary>
    /// <exception cref="UsageException">Two are named.</exception>
    public RecoveryTarget Target(Invocation run)
    {
        List<RecoveryTarget> named = [];
        if (run.Get(_time) is { } time) named.Add(new RecoveryTarget.Moment(time));
        if (run.Get(_place) is { } place) named.Add(new RecoveryTarget.Place(place));
        if (run.Get(_transaction) is { } transaction) named.Add(new RecoveryTarget.Transaction(transaction));
        if (run.Get(_immediate)) named.Add(RecoveryTarget.Immediate);
        if (named.Count > 1) throw new UsageException("target-twice", "Two targets are named.", "Name one of --target-time, --target-lsn, --target-xid and --immediate.");
        return (named.Count == 1 ? named[0] : RecoveryTarget.Latest) with { Timeline = run.Get(_timeline) };
    }
}
