using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Management.Policies;

/// <summary>Policies as YAML, <c>kind: Policy</c>: what <c>holdfast apply</c> takes beside jobs and roles. Strict; all mistakes at once, each with its line.</summary>
public static class PolicyText
{
    /// <summary>Whether a document is a policy.</summary>
    public static bool IsPolicy(YamlNode root) => root is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("kind"), out var kind) && kind is YamlScalarNode { Value: "Policy" };

    /// <summary>Reads every policy of a text; documents that are something else are refused.</summary>
    public static (ImmutableArray<Policy> Policies, ImmutableArray<DeclarationProblem> Problems) Read(string yaml, string fileName)
    {
        var reading = new YamlReading(fileName);
        var policies = ImmutableArray.CreateBuilder<Policy>();
        foreach (var root in reading.Load(yaml).Select(document => document.RootNode).Where(root => !YamlReading.IsEmpty(root)))
        {
            if (!IsPolicy(root))
            {
                reading.Report("kind", "is not Policy.", root);
                continue;
            }

            var before = reading.Problems.Count;
            if (ReadOne(root, reading) is not { } policy || reading.Problems.Count > before) continue;
            foreach (var problem in PolicyValidator.Validate(policy)) reading.Report($"policies.{policy.Name}.{problem.Field}", problem.Message, root);
            policies.Add(policy);
        }

        foreach (var twin in policies.GroupBy(policy => policy.Name).Where(group => group.Count() > 1)) reading.Report($"policies.{twin.Key}", "is declared more than once.", null);
        return (policies.ToImmutable(), [.. reading.Problems]);
    }

    /// <summary>Writes a policy as <see cref="Read"/> reads it; defaults are left out.</summary>
    public static string Write(Policy policy)
    {
        var root = new YamlBuilder().Add("kind", "Policy").Add("name", policy.Name).Add("description", policy.Description).Add("suspended", policy.Suspended ? "true" : null).Add("user", policy.User);
        root.Add("things", policy.Things.Select(WriteThing));
        root.Add("vaults", policy.Vaults);
        var schedule = new YamlBuilder().Add("when", policy.Schedule.When);
        foreach (var (key, value) in policy.Schedule.Rules) schedule.Add(key, value);
        root.Add("schedule", schedule.Add("preferred", policy.Schedule.Preferred).Add("required", policy.Schedule.Required));
        root.Add("retention", new YamlBuilder().Add("keep", policy.Retention.Keep).Add("when", policy.Retention.When).Add("delay", policy.Retention.Delay));
        var verification = policy.Verification;
        root.Add("verification", new YamlBuilder().Add("check", verification.CheckWhen).Add("read", verification.CheckRead).Add("proof", verification.ProofWhen).Add("scratch", verification.Scratch)
            .Add("sample", verification.Sample).Add("max-age", Span(verification.MaxAge)));
        root.Add("rpo", Span(policy.Rpo)).Add("rto", Span(policy.Rto)).Add("alert-channels", policy.AlertChannels);
        return root.ToString();
    }

    private static YamlBuilder WriteThing(PolicyThing thing)
    {
        var node = new YamlBuilder().Add(ProtectedThing.KindWord(thing.Kind), thing.Name).Add("node", thing.Node).Add("with", thing.With).Add("exclude", thing.Exclude).Add("file-systems", thing.FileSystems);
        if (thing.Server is { } server)
            node.Add("server", new YamlBuilder().Add("engine", server.Engine).Add("data", server.Data).Add("spool", server.Spool).Add("user", server.User).Add("socket", server.Socket));
        return node;
    }

    private static Policy? ReadOne(YamlNode root, YamlReading reading)
    {
        if (YamlFields.Of(root, "", reading) is not { } fields) return null;
        fields.Take("kind");
        var name = fields.TakeText("name");
        if (name is null && !reading.IsReported("name")) reading.Report("name", "is missing: the name of the policy.", root);
        var policy = new Policy
        {
            Name = name ?? "", Description = fields.TakeText("description"), User = fields.TakeText("user"),
            Suspended = fields.TakeParsed("suspended", false, text => text switch { "true" => (true, null), "false" => (false, null), _ => (false, $"is '{text}'; it must be true or false.") }),
            Things = ReadThings(fields, reading), Vaults = Texts(fields, "vaults"), Schedule = ReadSchedule(fields, root, reading),
            Retention = Within(fields, "retention", reading) is { } retention ? ReadRetention(retention, reading) : new(),
            Verification = Within(fields, "verification", reading) is { } verification ? ReadVerification(verification) : new(),
            Rpo = TakeSpan(fields, "rpo"), Rto = TakeSpan(fields, "rto"), AlertChannels = Texts(fields, "alert-channels"),
        };
        fields.RefuseRest("policy");
        return policy;
    }

    private static PolicySchedule ReadSchedule(YamlFields fields, YamlNode root, YamlReading reading)
    {
        switch (fields.Take("schedule"))
        {
            case YamlMappingNode map when YamlFields.Of(map, "schedule", reading) is { } inner:
                var schedule = new PolicySchedule { When = inner.TakeText("when") ?? "", Preferred = Texts(inner, "preferred"), Required = Texts(inner, "required"), Rules = ReadRules(inner, reading) };
                inner.RefuseRest("schedule");
                return schedule;
            case { } text:
                return new() { When = reading.Text(text, "schedule") ?? "" };
            default:
                reading.Report("schedule", "is missing: when backups run.", root);
                return new() { When = "" };
        }
    }

    private static ImmutableSortedDictionary<string, PropertyValue> ReadRules(YamlFields schedule, YamlReading reading)
    {
        var rules = ImmutableSortedDictionary.CreateBuilder<string, PropertyValue>(StringComparer.Ordinal);
        foreach (var rule in ScheduleWords.All)
        {
            if (schedule.Take(rule.Name) is { } node && ResourceReader.ReadProperty(node, schedule.PathOf(rule.Name), reading) is { } value) rules[rule.Name] = value;
        }

        return rules.ToImmutable();
    }

    private static PolicyRetention ReadRetention(YamlFields fields, YamlReading reading)
    {
        var retention = new PolicyRetention { Keep = Texts(Within(fields, "keep", reading), reading), When = fields.TakeText("when"), Delay = fields.TakeText("delay") };
        fields.RefuseRest("retention");
        return retention;
    }

    private static PolicyVerification ReadVerification(YamlFields fields)
    {
        var verification = new PolicyVerification
        {
            CheckWhen = fields.TakeText("check"), CheckRead = fields.TakeText("read"), ProofWhen = fields.TakeText("proof"), Scratch = fields.TakeText("scratch"), Sample = fields.TakeText("sample"), MaxAge = TakeSpan(fields, "max-age"),
        };
        fields.RefuseRest("verification");
        return verification;
    }

    private static ImmutableArray<PolicyThing> ReadThings(YamlFields fields, YamlReading reading)
    {
        if (fields.Take("things") is not { } node) return [];
        if (node is not YamlSequenceNode list)
        {
            reading.Report("things", "must be a list: - tree: /srv/data", node);
            return [];
        }

        return [.. list.Children.Select((item, index) => YamlFields.Of(item, $"things[{index}]", reading) is { } thing ? ReadThing(thing, item, reading) : null).OfType<PolicyThing>()];
    }

    private static PolicyThing? ReadThing(YamlFields fields, YamlNode item, YamlReading reading)
    {
        ThingKind? kind = null;
        string? name = null;
        foreach (var candidate in new[] { ThingKind.Tree, ThingKind.Volume, ThingKind.SharedVolume, ThingKind.Database })
        {
            if (fields.TakeText(ProtectedThing.KindWord(candidate)) is not { } text) continue;
            if (kind is not null) reading.Report(fields.Path, $"is a {ProtectedThing.KindWord(kind.Value)} and a {ProtectedThing.KindWord(candidate)}; each thing is one.", item);
            (kind, name) = (candidate, text);
        }

        var node = fields.TakeText("node");
        if (kind is null && node is not null) (kind, name, node) = (ThingKind.Node, node, null); // A machine alone is all of it.
        var thing = new PolicyThing
        {
            Kind = kind ?? default, Name = name ?? "", Node = node, With = fields.TakeText("with"), Exclude = Texts(fields, "exclude"), FileSystems = Texts(fields, "file-systems"),
            Server = Within(fields, "server", reading) is { } server ? ReadServer(server) : null,
        };
        fields.RefuseRest("thing");
        if (kind is null && !reading.IsReported(fields.Path)) reading.Report(fields.Path, "says not what it is: tree, volume, shared-volume, database or node.", item);
        return kind is null ? null : thing;
    }

    private static DatabaseServer ReadServer(YamlFields fields)
    {
        var server = new DatabaseServer { Engine = fields.TakeText("engine") ?? "postgresql", Data = fields.TakeText("data") ?? "", Spool = fields.TakeText("spool"), User = fields.TakeText("user"), Socket = fields.TakeText("socket") };
        fields.RefuseRest("server");
        return server;
    }

    private static YamlFields? Within(YamlFields fields, string key, YamlReading reading) => fields.Take(key) is { } node ? YamlFields.Of(node, fields.PathOf(key), reading) : null;

    private static ImmutableArray<string> Texts(YamlFields fields, string key) => [.. fields.TakeList(key).Select(item => item.Text)];

    private static ImmutableSortedDictionary<string, string> Texts(YamlFields? fields, YamlReading reading) =>
        (fields?.TakeRest() ?? []).ToImmutableSortedDictionary(entry => entry.Key, entry => reading.Text(entry.Value, fields!.PathOf(entry.Key)) ?? "", StringComparer.Ordinal);

    private static TimeSpan? TakeSpan(YamlFields fields, string key) =>
        fields.TakeParsed<TimeSpan?>(key, null, text => Durations.TryParse(text, out var span) ? (span, null) : (null, Durations.Complaint(text)));

    private static string? Span(TimeSpan? span) => span is { } given ? Durations.Format(given) : null;
}
