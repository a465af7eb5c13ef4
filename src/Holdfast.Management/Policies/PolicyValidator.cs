using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Naming;

namespace Holdfast.Management.Policies;

/// <summary>Checks what can be told of a policy alone. All mistakes at once.</summary>
public static partial class PolicyValidator
{
    private const int MostThings = 200;
    private static readonly string[] KeepRules = ["last", "hourly", "daily", "weekly", "monthly", "yearly", "within", "within-hourly", "within-daily", "within-weekly", "within-monthly", "within-yearly", "tag"];

    /// <summary>Returns all mistakes; of schedules and of what else jobs have, the compiler tells.</summary>
    public static ImmutableArray<PolicyProblem> Validate(Policy policy)
    {
        var problems = ImmutableArray.CreateBuilder<PolicyProblem>();
        void Wrong(string field, string message) => problems.Add(new(field, message));

        if (!EntityName.IsValid(policy.Name) || policy.Name.Length > Policy.LongestName)
            Wrong("name", $"is '{policy.Name}'; use 1 to {Policy.LongestName} of a-z, 0-9 and '-', starting and ending with a letter or digit.");
        if (policy.Description is { Length: > 400 }) Wrong("description", "is longer than 400 characters.");
        if (policy.Things.IsEmpty) Wrong("things", "is empty; name at least one thing to protect.");
        if (policy.Things.Length > MostThings) Wrong("things", $"names {policy.Things.Length} things; at most {MostThings}. Use patterns, or several policies.");
        for (var i = 0; i < Math.Min(policy.Things.Length, MostThings); i++) Check(policy.Things[i], $"things[{i}]", Wrong);

        if (policy.Vaults.IsEmpty) Wrong("vaults", "is empty; name the vault that it goes to.");
        CheckTexts(policy.Vaults, "vaults", Wrong);
        CheckTexts(policy.AlertChannels, "alertChannels", Wrong);
        CheckTexts(policy.Schedule?.Preferred ?? [], "schedule.preferred", Wrong);
        CheckTexts(policy.Schedule?.Required ?? [], "schedule.required", Wrong);
        foreach (var twice in policy.Vaults.GroupBy(name => name).Where(group => group.Count() > 1)) Wrong("vaults", $"names {twice.Key} more than once.");
        if (string.IsNullOrWhiteSpace(policy.Schedule?.When)) Wrong("schedule.when", "is missing; write a cron expression, every 6h, continuous or on-demand.");

        CheckRetention(policy.Retention, Wrong);
        CheckVerification(policy.Verification, Wrong);
        CheckSpan(policy.Rpo, "rpoSeconds", TimeSpan.FromMinutes(1), Wrong);
        CheckSpan(policy.Rto, "rtoSeconds", TimeSpan.FromSeconds(1), Wrong);
        return problems.ToImmutable();
    }

    private static void Check(PolicyThing thing, string field, Action<string, string> wrong)
    {
        if (thing is null)
        {
            wrong(field, "is empty.");
            return;
        }

        CheckTexts(thing.Exclude, $"{field}.exclude", wrong);
        CheckTexts(thing.FileSystems, $"{field}.fileSystems", wrong);
        if (string.IsNullOrWhiteSpace(thing.Name))
        {
            wrong($"{field}.name", "is missing.");
            return;
        }

        if (thing.Name.Any(char.IsControl)) wrong($"{field}.name", "has a character that cannot be shown.");
        var isPath = thing.Kind is ThingKind.Tree or ThingKind.Volume;
        if (thing.Kind == ThingKind.Tree && Pattern.IsPattern(thing.Name)) wrong($"{field}.name", "is a pattern; a tree is one folder. Name the folder above them, and exclude what is not wanted.");
        else if (isPath && !Pattern.IsPattern(thing.Name) && !IsCleanPath(thing.Name)) wrong($"{field}.name", $"is '{thing.Name}'; it must be an absolute path without '..', '//' and a '/' at its end.");
        if (thing.With is not null && thing.Kind is not (ThingKind.Tree or ThingKind.Database)) wrong($"{field}.with", $"is for trees and databases; where a {ProtectedThing.KindWord(thing.Kind)} is, the inventory knows.");
        if (thing is { With: not null, Node: not null }) wrong($"{field}.with", "is given, and so is node; a thing is on a node, or where a role is.");
        if (thing.Kind == ThingKind.SharedVolume && thing.Node is not null) wrong($"{field}.node", "is given; a shared volume is on whichever node it is attached to.");
        if (thing.Kind == ThingKind.Node && thing.Node is not null) wrong($"{field}.node", "is given; the name is the node.");
        if (!thing.FileSystems.IsEmpty && thing.Kind is not (ThingKind.Volume or ThingKind.SharedVolume or ThingKind.Node)) wrong($"{field}.fileSystems", "is for volumes.");
        if (thing.Kind == ThingKind.Database && !thing.Exclude.IsEmpty) wrong($"{field}.exclude", "is for files; a database is backed up whole.");
        if (thing.Server is not { } server) return;
        if (thing.Kind != ThingKind.Database) wrong($"{field}.server", "is for databases.");
        if (Pattern.IsPattern(thing.Name)) wrong($"{field}.name", "is a pattern, with the server of one database; name that.");
        if (thing is { With: null, Node: null }) wrong($"{field}.node", "is missing: the node that the database is on; or with, the role that it follows.");
        if (server.Engine is not ("postgresql" or "mariadb")) wrong($"{field}.server.engine", $"is '{server.Engine}'; it must be postgresql or mariadb.");
        if (!IsCleanPath(server.Data ?? "")) wrong($"{field}.server.data", "must be an absolute path: the data folder.");
        if (server.Spool is { } spool && !IsCleanPath(spool)) wrong($"{field}.server.spool", "must be an absolute path.");
        if (server is { Spool: not null, Engine: "mariadb" }) wrong($"{field}.server.spool", "is for PostgreSQL; the log of MariaDB is not archived.");
        if (server is { Socket: not null, Engine: "postgresql" }) wrong($"{field}.server.socket", "is for MariaDB.");
    }

    private static void CheckRetention(PolicyRetention retention, Action<string, string> wrong)
    {
        foreach (var (rule, text) in retention.Keep)
        {
            var field = $"retention.keep.{rule}";
            if (!KeepRules.Contains(rule)) wrong(field, NearestName.Sentence("keep rule", rule, KeepRules));
            else if (rule.StartsWith("within", StringComparison.Ordinal) ? !Span().IsMatch(text) : rule != "tag" && text != "unlimited" && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                wrong(field, $"is '{text}'; it must be {(rule.StartsWith("within", StringComparison.Ordinal) ? "a span such as 2y5m7d3h" : "a number, or unlimited")}.");
        }

        // A rule set that keeps nothing would be taken for "keep nothing".
        if (!retention.Keep.IsEmpty && retention.Keep.All(rule => rule.Value is "0" or "" || ZeroSpan().IsMatch(rule.Value))) wrong("retention.keep", "keeps nothing; leave it out to keep everything.");
        if (retention.Keep.IsEmpty && retention.When is not null) wrong("retention.when", "is given, but no keep rule; without one everything is kept.");
        if (retention.Delay is { } delay && !Durations.TryParse(delay, out _)) wrong("retention.delay", Durations.Complaint(delay));
    }

    private static void CheckVerification(PolicyVerification verification, Action<string, string> wrong)
    {
        if (verification is { CheckRead: not null, CheckWhen: null }) wrong("verification.checkWhen", "is missing, but checkRead is given; say when.");
        if (verification.CheckRead is { } read && !ReadShape().IsMatch(read)) wrong("verification.checkRead", $"is '{read}'; it must be a part such as 10% or 1/7, or a size such as 50G.");
        if (verification is { ProofWhen: not null, Scratch: null }) wrong("verification.scratch", "is missing: the folder to which a proof restores, with room for it.");
        if (verification.Scratch is { } scratch && !IsCleanPath(scratch)) wrong("verification.scratch", "must be an absolute path.");
        if (verification.Sample is { } sample && !SizeShape().IsMatch(sample)) wrong("verification.sample", $"is '{sample}'; it must be a size such as 500M.");
        if (verification is { MaxAge: not null, ProofWhen: null }) wrong("verification.proofWhen", "is missing, but maxAgeSeconds is given: without proofs each would be too old.");
        CheckSpan(verification.MaxAge, "verification.maxAgeSeconds", TimeSpan.FromHours(1), wrong);
    }

    private static void CheckSpan(TimeSpan? span, string field, TimeSpan least, Action<string, string> wrong)
    {
        if (span is { } given && (given < least || given > TimeSpan.FromDays(366))) wrong(field, $"is {Durations.Format(given)}; it must be from {Durations.Format(least)} to 366d.");
    }

    private static void CheckTexts(ImmutableArray<string> texts, string field, Action<string, string> wrong)
    {
        foreach (var (index, text) in texts.Index())
        {
            if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl)) wrong($"{field}[{index}]", "is empty, or has a character that cannot be shown.");
        }
    }

    private static bool IsCleanPath(string path) =>
        path == "/" || (path.StartsWith('/') && !path.EndsWith('/') && !path.Contains("//", StringComparison.Ordinal) && !path.Split('/').Contains("..") && !path.Any(char.IsControl));

    [GeneratedRegex("^([0-9]{1,6}[ymdh]){1,4}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Span();

    [GeneratedRegex("^(0+[ymdh])+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex ZeroSpan();

    [GeneratedRegex("^([0-9]+(\\.[0-9]+)?%|[0-9]+/[0-9]+|[0-9]+[KMGT]?)\\z", RegexOptions.CultureInvariant)]
    private static partial Regex ReadShape();

    [GeneratedRegex("^[0-9]+[KMGT]?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex SizeShape();
}
