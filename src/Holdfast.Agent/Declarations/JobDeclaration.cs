using System.Collections.Immutable;
using Holdfast.Agent.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>
/// Reads a job, a document with <c>kind: Job</c>, and compiles it into a role that carries it: where it runs are the role's owners, so that takeover, drain and
/// <c>role explain</c> are a role's.
/// </summary>
internal static class JobDeclaration
{
    /// <summary>The name of the resource that a job is in its role.</summary>
    public static readonly ResourceName Resource = new("job");

    /// <summary>Whether a document is one with a kind.</summary>
    public static bool IsJob(YamlNode root) => root is YamlMappingNode map && map.Children.ContainsKey(new YamlScalarNode("kind"));

    /// <summary>Reads a job; null when it cannot be told what it is. Mistakes are reported.</summary>
    public static RoleSpec? Read(YamlNode root, YamlReading reading)
    {
        if (YamlFields.Of(root, "", reading) is not { } fields) return null;
        if (fields.TakeText("kind") is var kind && kind != "Job")
        {
            if (kind is not null) reading.Report("kind", $"is '{kind}'; the kinds that are written so are Job, Calendar and Policy (which the management service takes). Roles are declared under roles.", root);
            return null;
        }

        var name = fields.TakeText("name");
        if (name is null || !EntityName.IsValid(name))
        {
            reading.Report("name", name is not null ? DeclarationReader.InvalidName("job", name) : "is missing: the name of the job.", root);
            return null;
        }

        var (path, inner) = ($"roles.{name}", $"roles.{name}.resources.{Resource}");
        reading.Give(path, root);
        var usual = new RoleSpec { Name = new RoleName(name) };
        var role = Place(fields, usual with { PossibleOwners = DeclarationReader.ReadNodes(fields, "possible-owners", reading) }, reading) with
        {
            Failback = fields.TakeParsed("failback", usual.Failback, PolicyText.ReadFailback),
            Weight = fields.TakeNumber("weight", usual.Weight),
            Priority = fields.TakeNumber("priority", usual.Priority),
            Desired = fields.TakeParsed("desired", usual.Desired, DeclarationReader.ReadDesired),
        };
        if (reading.IsGiven("desired")) reading.Give($"{path}.desired", root);
        var resource = new ResourceSpec { Name = Resource, Type = JobResourceType.TypeName };
        resource = resource with { StopTimeout = fields.TakeDuration("stop-timeout", resource.StopTimeout) };
        var properties = ImmutableSortedDictionary.CreateBuilder<string, PropertyValue>(StringComparer.Ordinal);
        foreach (var (key, node) in fields.TakeRest())
        {
            reading.Give($"{inner}.{key}", node); // So that what the resource type says of a property is told of this line.
            if (ResourceReader.ReadProperty(node, key, reading) is { } value) properties[key] = value;
        }

        return role with { Resources = [resource with { Properties = properties.ToImmutable() }] };
    }

    private static RoleSpec Place(YamlFields fields, RoleSpec role, YamlReading reading)
    {
        switch (fields.Take("placement"))
        {
            case null or YamlScalarNode { Value: "any" }:
                return role;
            case YamlMappingNode map when YamlFields.Of(map, "placement", reading) is { } placement:
                var preferred = DeclarationReader.ReadNodes(placement, "preferred", reading);
                var required = DeclarationReader.ReadNodes(placement, "required", reading);
                var with = placement.TakeText("with"); // ROLE or ROLE/volume: the volume goes with its role.
                placement.RefuseRest("placement");
                if (!required.IsEmpty && !role.PossibleOwners.IsEmpty) reading.Report("placement.required", "and possible-owners say the same; leave one of them out.", map);
                if (!required.IsEmpty) role = role with { PossibleOwners = required };
                if (with is null) return role with { PreferredOwners = preferred };
                if (!preferred.IsEmpty || !required.IsEmpty) reading.Report("placement", "has with beside preferred or required; a job that goes with a role is where that is.", map);
                var other = with.Split('/')[0];
                if (EntityName.IsValid(other)) return role with { Affinity = [new Affinity(new RoleName(other))] };
                reading.Report("placement.with", DeclarationReader.InvalidName("role", other), map);
                return role;
            case { } wrong:
                reading.Report("placement", "must be any, { preferred: [NODE, …] }, { required: [NODE, …] } or { with: ROLE }.", wrong);
                return role;
        }
    }
}
