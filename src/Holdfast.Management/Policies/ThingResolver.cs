using System.Collections.Immutable;
using Holdfast.Agent.Declarations;

namespace Holdfast.Management.Policies;

/// <summary>Finds what a policy means among what there is.</summary>
internal static class ThingResolver
{
    // What the kernel makes up, and what nobody wants back.
    private static readonly string[] NotFiles = ["/dev/*", "/proc/*", "/run/*", "/sys/*", "/tmp/*", "/var/tmp/*"];

    /// <summary>The things that a policy protects, each once, and those of which nobody can say whether it does.</summary>
    public static (ImmutableArray<ProtectedThing> Things, ImmutableArray<UntoldThing> Untold) Resolve(Policy policy, PolicyInventory inventory, ICollection<PolicyProblem> problems, ICollection<PolicyProblem> warnings)
    {
        var found = new SortedDictionary<string, ProtectedThing>(StringComparer.Ordinal);
        var untold = new List<UntoldThing>();
        for (var i = 0; i < policy.Things.Length; i++)
        {
            var (thing, field) = (policy.Things[i], $"things[{i}]");
            if (thing.With is { } role && !inventory.Roles.Contains(role))
            {
                problems.Add(new($"{field}.with", NearestName.Sentence("role", role, inventory.Roles)));
                continue;
            }

            if (thing.Node is { } node && !Pattern.IsPattern(node) && inventory.Nodes.All(known => known.Name != node))
            {
                problems.Add(new($"{field}.node", NearestName.Sentence("node", node, inventory.Nodes.Select(known => known.Name))));
                continue;
            }

            var (some, unclear) = (Find(thing, inventory).ToList(), UntoldOf(thing, inventory).ToList());
            untold.AddRange(unclear);
            foreach (var one in unclear)
                warnings.Add(new(field, $"means what {one.Node ?? one.Name} has, and that was not told since the service came here: jobs that there are stay as they are, new ones are made once it is. What changes jobs is to be applied again then."));
            if (some.Count == 0 && unclear.Count == 0) TellNothing(thing, field, inventory, problems, warnings);
            foreach (var one in some)
            {
                if (one.Node is { } at && inventory.Nodes.FirstOrDefault(known => known.Name == at) is { RunsJobs: false })
                    problems.Add(new(field, $"means {one.Key}, but no job can run on {at}; leave it out, or make {at} a member."));
                found[one.Key] = one;
            }
        }

        return ([.. found.Values], [.. untold]);
    }

    private static IEnumerable<UntoldThing> UntoldOf(PolicyThing thing, PolicyInventory inventory) => thing.Kind switch
    {
        ThingKind.Volume => inventory.Nodes.Where(node => node is { RunsJobs: true, Told: false } && (thing.Node is null || Pattern.Matches(thing.Node, node.Name))).Select(node => new UntoldThing(thing.Kind, thing.Name, node.Name)),
        ThingKind.Node => inventory.Nodes.Where(node => node is { RunsJobs: true, Told: false } && Pattern.Matches(thing.Name, node.Name)).Select(node => new UntoldThing(thing.Kind, node.Name, node.Name)),
        ThingKind.SharedVolume when !inventory.KnowsShared => [new UntoldThing(thing.Kind, thing.Name, null)],
        // Whether it has the file system that is meant is told by whoever it was attached to.
        ThingKind.SharedVolume when !thing.FileSystems.IsEmpty =>
            inventory.Things.Where(known => known.Kind == thing.Kind && known.FileSystem is null && Pattern.Matches(thing.Name, known.Name)).Select(known => new UntoldThing(thing.Kind, known.Name, null)),
        _ => [],
    };

    private static IEnumerable<ProtectedThing> Find(PolicyThing thing, PolicyInventory inventory) => thing.Kind switch
    {
        ThingKind.Tree => Places(thing, inventory).Select(place => new ProtectedThing(ThingKind.Tree, thing.Name, place.Node, place.Role, [thing.Name], Excludes(thing, [thing.Name]))),
        ThingKind.Node => inventory.Nodes.Where(node => Pattern.Matches(thing.Name, node.Name)).SelectMany(node => WholeNode(thing, node.Name, inventory)),
        ThingKind.Database when thing.Server is { } server => Places(thing, inventory).Select(place => new ProtectedThing(ThingKind.Database, thing.Name, place.Node, place.Role, [], [], server)),
        _ => from known in inventory.Things
             where known.Kind == thing.Kind && Pattern.Matches(thing.Name, known.Name) && (thing.Node is null || (known.Node is { } place && Pattern.Matches(thing.Node, place)))
                 && (thing.FileSystems.IsEmpty || (known.FileSystem is { } kind && thing.FileSystems.Contains(kind)))
                 && (known.Kind == ThingKind.Database ? known.Server is not null : !known.Mounts.IsEmpty)
             // A volume that is mounted in several places has the same files in each.
             let paths = known.Kind == ThingKind.Database ? [] : known.Mounts[..1]
             select new ProtectedThing(known.Kind, known.Name, known.Node, thing.With ?? known.Role, paths, Excludes(thing, paths), known.Server),
    };

    private static IEnumerable<(string? Node, string? Role)> Places(PolicyThing thing, PolicyInventory inventory) =>
        thing.With is { } role ? [(null, role)]
        : thing.Node is null ? [(null, null)]
        : inventory.Nodes.Where(node => Pattern.Matches(thing.Node, node.Name)).Select(node => ((string?)node.Name, (string?)null));

    private static IEnumerable<ProtectedThing> WholeNode(PolicyThing thing, string node, PolicyInventory inventory)
    {
        var volumes = inventory.Things.Where(known => known.Kind == ThingKind.Volume && known.Node == node && !known.Mounts.IsEmpty
            && (thing.FileSystems.IsEmpty || (known.FileSystem is { } kind && thing.FileSystems.Contains(kind)))).ToList();
        if (volumes.Count == 0) yield break;

        // A shared volume that happens to be attached here is not the machine's.
        var shared = inventory.Things.Where(known => known.Kind == ThingKind.SharedVolume).SelectMany(known => known.Mounts).Select(path => $"{path}/*");
        ImmutableArray<string> paths = [.. volumes.Select(volume => volume.Mounts[0]).Distinct().Order(StringComparer.Ordinal)];
        yield return new ProtectedThing(ThingKind.Node, node, node, null, paths, [.. Excludes(thing, paths).Union(shared)]);
    }

    private static ImmutableArray<string> Excludes(PolicyThing thing, ImmutableArray<string> paths) => paths.Contains("/") ? [.. thing.Exclude.Union(NotFiles)] : thing.Exclude;

    private static void TellNothing(PolicyThing thing, string field, PolicyInventory inventory, ICollection<PolicyProblem> problems, ICollection<PolicyProblem> warnings)
    {
        var kind = ProtectedThing.KindWord(thing.Kind);
        if (Pattern.IsPattern(thing.Name) || (thing.Node is { } node && Pattern.IsPattern(node)))
        {
            warnings.Add(new(field, $"finds no {kind} now; it protects nothing until there is one."));
            return;
        }

        var known = thing.Kind == ThingKind.Node ? inventory.Nodes.Select(other => other.Name) : inventory.Things.Where(other => other.Kind == thing.Kind && (thing.Node is null || other.Node == thing.Node)).Select(other => other.Name);
        problems.Add(new($"{field}.name", known.Contains(thing.Name) ? $"is {thing.Name}, of which no {(thing.Kind == ThingKind.Database ? "server" : "mounted volume")} is known that fits." : NearestName.Sentence(kind, thing.Name, known.Distinct())));
    }
}
