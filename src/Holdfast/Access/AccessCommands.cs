using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Access;

namespace Holdfast.Cli.Access;

/// <summary><c>holdfast access …</c></summary>
internal static class AccessCommands
{
    public static VerbGroup Create() => new("access", "Say who may look, operate and administer, beside root.", "holdfast access list", "holdfast access grant group:operators operator")
    {
        List(),
        Grant(),
        Revoke(),
        Certificate(),
    };

    private static Verb List() => new Verb("list", "List what is granted.", "holdfast access list")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Access, json => json.GrantInfoArray, all =>
        {
            if (all.Length == 0)
            {
                run.Report.Line("Nothing is granted: only root on a node may ask anything.");
                return;
            }

            var table = new TextTable("LEVEL", "LABEL", "SUBJECT");
            foreach (var grant in all) table.Row(Phrases.Word(grant.Level), Phrases.OrNothing(grant.Label), grant.Subject);
            table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
        }, cancellationToken));

    private static Verb Grant()
    {
        var (subject, level) = (Subject(), Level());
        return new Verb("grant", "Let somebody look (viewer), also move, start, stop and drain (operator), or do everything (admin, which is as good as root).",
            "holdfast access grant user:alice viewer", "holdfast access grant group:operators operator") { subject, level }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.GrantAsync(new GrantRequest(run.Get(subject), LevelOf(run.Get(level))), cancellationToken)));
    }

    private static Verb Revoke()
    {
        var subject = Subject();
        return new Verb("revoke", "Take back what was granted to somebody.", "holdfast access revoke user:alice") { subject }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.RevokeGrantAsync(run.Get(subject), cancellationToken)));
    }

    private static Verb Certificate()
    {
        var name = new Argument<string>("NAME") { Description = "Who shall use it." };
        var level = Level();
        var file = new Option<string>("--out") { Description = "The file to write, with the private key: whoever has it may do that much.", HelpName = "FILE", Required = true };
        var days = new Option<int>("--days") { Description = "How long it is good for, 1 to 825.", HelpName = "DAYS", DefaultValueFactory = _ => 365 };
        days.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count is < 1 or > 825)) result.AddError($"--days '{token.Value}' must be a number from 1 to 825");
        });
        return new Verb("certificate", "Make a client certificate for the node API over the network, and grant it a level.", "holdfast access certificate ops operator --out ops.pem") { name, level, file, days }
            .Does(async (run, cancellationToken) =>
            {
                var granted = LevelOf(run.Get(level));
                var fingerprint = ClientCertificate.Write(run.Get(file), run.Get(name), TimeSpan.FromDays(run.Get(days)), run.Surroundings.Time.GetUtcNow());
                try
                {
                    run.Report.Done(await run.Agent.GrantAsync(new GrantRequest($"certificate:{fingerprint}", granted, run.Get(name)), cancellationToken));
                }
                catch
                {
                    File.Delete(run.Get(file)); // Worth nothing without the grant.
                    throw;
                }
            });
    }

    private static Argument<string> Subject() => new("SUBJECT") { Description = "user:NAME, group:NAME or certificate:SHA256." };

    private static Argument<string> Level() => new("LEVEL") { Description = "viewer, operator or admin." };

    private static AccessLevel LevelOf(string text) => text switch
    {
        "viewer" => AccessLevel.Viewer,
        "operator" => AccessLevel.Operator,
        "admin" => AccessLevel.Admin,
        _ => throw new UsageException("level", $"'{text}' is no level.", "Use viewer, operator or admin."),
    };
}
