using System.Collections.Immutable;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>
/// Reads roles from YAML: documents with <c>roles:</c> (a map by name, or a list with <c>name:</c>), or with one role and its
/// <c>name:</c> each; or jobs (<see cref="JobDeclaration"/>), with <c>kind: Job</c>; or calendars, with <c>kind: Calendar</c>. Strict: what it does not know it refuses, and it reports all mistakes at once with their places.
/// </summary>
public static class DeclarationReader
{
    /// <summary>Reads a declaration.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The name that problems are reported under.</param>
    /// <param name="nodes">The nodes that can own roles; null when they are not known here.</param>
    public static DeclarationResult Read(string yaml, string fileName, IReadOnlyCollection<NodeName>? nodes)
    {
        var reading = new YamlReading(fileName);
        var roles = ImmutableArray.CreateBuilder<RoleSpec>();
        var calendars = ImmutableArray.CreateBuilder<NamedCalendar>();
        foreach (var document in reading.Load(yaml))
        {
            if (!CalendarDeclaration.IsCalendar(document.RootNode)) ReadDocument(document.RootNode, reading, roles);
            else if (CalendarDeclaration.Read(document.RootNode, reading) is { } calendar) calendars.Add(calendar);
        }

        foreach (var twin in calendars.GroupBy(calendar => calendar.Name).Where(group => group.Count() > 1)) reading.Report($"calendars.{twin.Key}", "is declared more than once.", null);

        foreach (var twin in roles.GroupBy(role => role.Name).Where(group => group.Count() > 1))
            reading.Report($"roles.{twin.Key}", "is declared more than once.", null);
        if (roles.Count == 0 && calendars.Count == 0 && reading.Problems.Count == 0) reading.Report("", "declares no role.", null);

        // What could not be read was reported, and is not missing or wrong a second time.
        var wrong = roles.SelectMany(role => SpecValidator.Validate(role, nodes)).Where(problem => !reading.IsReported(problem.Path)).ToArray();
        foreach (var problem in wrong) reading.Report(problem.Path, problem.Message, null);

        return new DeclarationResult(
            [.. roles],
            [.. reading.Problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)],
            reading.GivenPaths) { Calendars = calendars.ToImmutable() };
    }

    private static void ReadDocument(YamlNode root, YamlReading reading, ImmutableArray<RoleSpec>.Builder roles)
    {
        if (YamlReading.IsEmpty(root)) return; // A document of comments only.
        if (JobDeclaration.IsJob(root))
        {
            if (JobDeclaration.Read(root, reading) is { } job) roles.Add(SpecCompiler.Complete(job));
            return;
        }

        if (root is YamlMappingNode map && map.Children.ContainsKey(new YamlScalarNode("name")) && !map.Children.ContainsKey(new YamlScalarNode("roles")))
        {
            ReadNamed(root, "", reading, roles);
            return;
        }

        if (YamlFields.Of(root, "", reading) is not { } top) return;

        switch (top.Take("roles"))
        {
            case YamlSequenceNode list:
                foreach (var (index, item) in list.Children.Index()) ReadNamed(item, $"roles[{index}]", reading, roles);
                break;
            case { } byName when YamlFields.Of(byName, "roles", reading) is { } entries:
                foreach (var (name, body) in entries.TakeRest()) ReadRole(name, body, reading, roles);
                break;
        }

        top.RefuseRest("declaration");
    }

    private static void ReadNamed(YamlNode item, string path, YamlReading reading, ImmutableArray<RoleSpec>.Builder roles)
    {
        var name = item is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("name"), out var given) ? reading.Text(given, $"{path}.name".TrimStart('.')) : null;
        if (name is not null) ReadRole(name, item, reading, roles);
        else if (!reading.IsReported(path)) reading.Report(path, "is a role without 'name'.", item);
    }

    private static void ReadRole(string name, YamlNode body, YamlReading reading, ImmutableArray<RoleSpec>.Builder roles)
    {
        var path = $"roles.{name}";
        reading.Give(path, body);
        if (!EntityName.IsValid(name))
        {
            reading.Report(path, InvalidName("role", name), null);
            return;
        }

        if (YamlFields.Of(body, path, reading) is not { } fields) return;

        fields.Take("name"); // Of the forms that carry it inside; in a map by name it may only repeat the key.
        if (body is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("name"), out var inner) && inner is YamlScalarNode { Value: { } text } && text != name)
            reading.Report($"{path}.name", $"is '{text}', but the role is declared under '{name}'.", inner);

        var usual = new RoleSpec { Name = new RoleName(name) };
        var role = usual with
        {
            Mode = fields.TakeParsed("mode", usual.Mode, PolicyText.ReadMode),
            PossibleOwners = ReadNodes(fields, "possible-owners", reading),
            PreferredOwners = ReadNodes(fields, "preferred-owners", reading),
            Affinity = ReadAffinity(fields, "affinity", reading),
            AntiAffinity = ReadAffinity(fields, "anti-affinity", reading),
            Failback = fields.TakeParsed("failback", usual.Failback, PolicyText.ReadFailback),
            Restarts = fields.TakeParsed("restarts", usual.Restarts, PolicyText.ReadBudget),
            Failovers = fields.TakeParsed("failovers", usual.Failovers, PolicyText.ReadBudget),
            Quarantine = fields.TakeParsed("quarantine", usual.Quarantine, PolicyText.ReadQuarantine),
            StartTier = fields.TakeNumber("start-tier", usual.StartTier),
            Priority = fields.TakeNumber("priority", usual.Priority),
            Weight = fields.TakeNumber("weight", usual.Weight),
            Desired = fields.TakeParsed("desired", usual.Desired, ReadDesired),
#if HOLDFAST_NEXT_FORMAT
            Purpose = fields.TakeText("purpose"),
#endif
            Resources = ReadResources(fields, reading),
        };
        fields.RefuseRest("role");
        roles.Add(SpecCompiler.Complete(role));
    }

    internal static ImmutableArray<NodeName> ReadNodes(YamlFields fields, string key, YamlReading reading)
    {
        var names = ImmutableArray.CreateBuilder<NodeName>();
        foreach (var (text, node) in fields.TakeList(key))
        {
            if (EntityName.IsValid(text)) names.Add(new NodeName(text));
            else reading.Report(fields.PathOf(key), InvalidName("node", text), node);
        }

        return names.DrainToImmutable();
    }

    private static ImmutableArray<Affinity> ReadAffinity(YamlFields fields, string key, YamlReading reading)
    {
        var others = ImmutableArray.CreateBuilder<Affinity>();
        foreach (var (text, node) in fields.TakeList(key))
        {
            var (affinity, complaint) = PolicyText.ReadAffinity(text);
            if (affinity is not null) others.Add(affinity);
            else reading.Report(fields.PathOf(key), complaint!, node);
        }

        return others.DrainToImmutable();
    }

    private static ImmutableArray<ResourceSpec> ReadResources(YamlFields role, YamlReading reading)
    {
        if (role.Take("resources") is not { } node || YamlFields.Of(node, role.PathOf("resources"), reading) is not { } entries) return [];

        var resources = ImmutableArray.CreateBuilder<ResourceSpec>();
        foreach (var (name, body) in entries.TakeRest())
        {
            var path = entries.PathOf(name);
            if (!EntityName.IsValid(name)) reading.Report(path, InvalidName("resource", name), null);
            else if (YamlFields.Of(body, path, reading) is { } fields) resources.Add(ResourceReader.Read(new ResourceName(name), fields, reading));
        }

        return resources.DrainToImmutable();
    }

    internal static (DesiredState Value, string? Complaint) ReadDesired(string text) => text switch
    {
        "online" => (DesiredState.Online, null),
        "offline" => (DesiredState.Offline, null),
        _ => (default, $"is '{text}'; it must be online or offline."),
    };

    internal static string InvalidName(string kind, string name) => $"'{name}' is not a valid {kind} name; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit.";
}
