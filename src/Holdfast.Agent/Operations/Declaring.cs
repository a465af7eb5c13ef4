using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Names;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Upgrades;
using Holdfast.Leash.Protocol;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Operations;

/// <summary>Takes declarations: read, checked by this node and by every node that may own the role, and stored whole or not at all.</summary>
internal sealed class Declaring(NodeName self, ClusterOperations operations, ILeash leash, IPeers peers, PeerClient? nodes, JobJudge? judge = null)
{
    private const string FileName = "declaration";

    /// <summary>Applies a declaration, or only says what it would change.</summary>
    /// <exception cref="HoldfastException">Code <c>declaration.invalid</c>, naming every mistake.</exception>
    public async Task<ApplyResponse> ApplyAsync(string yaml, bool dryRun, CancellationToken cancellationToken)
    {
        var view = operations.Situation().View;
        var declared = DeclarationReader.Read(yaml, FileName, [.. view.Nodes.Values.Where(node => node.Value.Intent != NodeIntent.Evicted).Select(node => node.Value.Name)]);
        declared.ThrowIfInvalid();
        List<(RoleSpec? Before, RoleSpec After, long Revision)> roles = [];
        foreach (var role in declared.Roles)
        {
            var present = view.Roles.TryGetValue(role.Name, out var known) ? known : (Versioned<RoleSpec>?)null;
            if (present is { Value.Deleting: true })
                throw new HoldfastException(ErrorKind.Conflict, "role.being-deleted", $"Role {role.Name} is being deleted.", "Wait until it is gone ('holdfast role list'), then apply again.");
            if (present is { } other && other.Value.Mode != role.Mode && view.Placements.Values.Any(placement => placement.Value.Role.Role == role.Name && !placement.Value.IsFree))
                throw new HoldfastException(ErrorKind.Conflict, "role.mode-change", $"Role {role.Name} is {PolicyText.Format(other.Value.Mode)} and cannot become {PolicyText.Format(role.Mode)} while it runs.", $"Stop it first: holdfast role stop {role.Name} --wait");
            roles.Add((present?.Value, declared.Over(present?.Value, role), present?.Revision ?? 0));
        }

        var calendars = declared.Calendars.Select(calendar => (After: calendar, Known: view.Calendars.TryGetValue(calendar.Name, out var known) ? known : (Versioned<NamedCalendar>?)null)).ToList();
        var changedCalendars = calendars.Where(calendar => calendar.Known?.Value != calendar.After).Select(calendar => (calendar.After, calendar.Known?.Revision ?? 0)).ToList();
        RequireCalendars(roles.Select(role => role.After), view.Calendars.Keys.Concat(declared.Calendars.Select(calendar => calendar.Name)).ToHashSet());
        var changed = roles.Where(role => role.Before != role.After).ToList();
        var after = view.Roles.ToDictionary(role => role.Key, role => role.Value.Value);
        foreach (var role in roles) after[role.After.Name] = role.After;
        if (SpecRelations.Validate(changed.Select(role => role.After), after.Values) is { Count: > 0 } problems) throw DeclarationErrors.Of(problems);
        if (ClientOwners.Validate(changed.Select(role => role.After), view).ToList() is { Count: > 0 } misplaced) throw DeclarationErrors.Of(misplaced);
        if (changed.SelectMany(role => JobProblems(role.After)).ToList() is { Count: > 0 } unfit) throw DeclarationErrors.Of(unfit);
        foreach (var role in changed) RecordFormat.Require(role.After, operations.Format, $"Role {role.After.Name}"); // Also when it is only asked what would change; and before nodes of an older build are asked, to whom it would be a mistake.
        if (changed.Count > 0) await CheckOnNodesAsync(yaml, view, [.. changed.Select(role => role.After)], cancellationToken);
        if (!dryRun && changed.Count + changedCalendars.Count > 0) await operations.DeclareAsync([.. changed.Select(role => (role.After, role.Revision))], cancellationToken, changedCalendars);
        return new ApplyResponse(
            [.. roles.Select(role => Describe(role.Before, role.After))],
            calendars.Count == 0 ? null : [.. calendars.Select(calendar => new CalendarChange(calendar.After.Name, calendar.Known is null ? "create" : calendar.Known.Value.Value == calendar.After ? "unchanged" : "update"))]);
    }

    private static void RequireCalendars(IEnumerable<RoleSpec> roles, IReadOnlySet<string> calendars)
    {
        var problems = from role in roles
                       where JobReading.Find(role) is not null
                       from name in JobReading.Find(role)!.Value.Job.Calendars
                       where !calendars.Contains(name)
                       select new SpecProblem($"roles.{role.Name}.resources.{JobDeclaration.Resource}", NearestName.Sentence("calendar", name, calendars));
        if (problems.ToList() is { Count: > 0 } missing) throw DeclarationErrors.Of(missing);
    }

    /// <summary>Adds one resource, given as <c>name: {type: …}</c>, to a role.</summary>
    public async Task<string> AddResourceAsync(RoleName role, string yaml, CancellationToken cancellationToken)
    {
        var view = operations.Situation().View;
        if (!view.Roles.TryGetValue(role, out var present)) throw new HoldfastException(ErrorKind.NotFound, "role.not-found", $"There is no role {role}.", "See 'holdfast role list', or create it with 'holdfast role create'.");
        var name = Merge(DeclarationWriter.Write(present.Value), role, yaml, out var merged);
        if (present.Value.Resources.Any(resource => resource.Name.Value == name))
            throw new HoldfastException(ErrorKind.Conflict, "resource.exists", $"Role {role} already has a resource {name}.", "Choose another name, or change it with 'holdfast apply'.");
        await ApplyAsync(merged, dryRun: false, cancellationToken);
        return $"Resource {name} was added to role {role}.";
    }

    /// <summary>Has a resource take its role's network name for the name of its machine.</summary>
    /// <exception cref="HoldfastException">Codes <c>role.not-found</c>, <c>resource.not-found</c>, <c>declaration.invalid</c>.</exception>
    public async Task<string> UseNetworkNameAsync(RoleName name, ResourceName resource, CancellationToken cancellationToken)
    {
        if (!operations.Situation().View.Roles.TryGetValue(name, out var present)) throw new HoldfastException(ErrorKind.NotFound, "role.not-found", $"There is no role {name}.", "See 'holdfast role list'.");
        var role = present.Value;
        var known = role.Resources.FirstOrDefault(other => other.Name == resource) ?? throw new HoldfastException(ErrorKind.NotFound, "resource.not-found", $"Role {name} has no resource {resource}.", $"'holdfast role show {name}' lists them.");
        var named = known with { Properties = known.Properties.SetItem(ComputerName.Rule.Name, PropertyValue.Of("yes")) };
        await ApplyAsync(DeclarationWriter.Write(role with { Resources = role.Resources.Replace(known, named) }), dryRun: false, cancellationToken);
        return $"{name}/{resource} takes the network name of {name} for the name of its machine from its restart on.";
    }

    /// <summary>Checks roles with this node's own eyes, for itself or for the node that was asked.</summary>
    public async Task<IReadOnlyList<SpecProblem>> CheckHereAsync(string yaml, CancellationToken cancellationToken)
    {
        var declared = DeclarationReader.Read(yaml, FileName, null);
        declared.ThrowIfInvalid();
        return await CheckHereAsync(declared.Roles, operations.Situation().View, cancellationToken);
    }

    private async Task<IReadOnlyList<SpecProblem>> CheckHereAsync(IEnumerable<RoleSpec> roles, ClusterView view, CancellationToken cancellationToken)
    {
        var held = (await leash.GetStateAsync(cancellationToken)).Units;
        List<SpecProblem> problems = [];
        foreach (var role in roles.Where(role => MayOwn(role, self, view)))
        {
            var context = new NodeCheckContext(self, held, peers, view.Roles.TryGetValue(role.Name, out var present) ? present.Value : null);
            foreach (var resource in role.Resources)
            {
                if (!ResourceTypes.TryFind(resource.Type, out var type)) continue;
                problems.AddRange(await type.CheckOnNodeAsync(role, resource, context, cancellationToken));
                problems.AddRange(CommandCheck.Probes(role, resource, self));
            }
        }

        return problems;
    }

    private async Task CheckOnNodesAsync(string yaml, ClusterView view, ImmutableArray<RoleSpec> roles, CancellationToken cancellationToken)
    {
        var asked = view.Nodes.Values.Select(node => node.Value)
            .Where(node => node.Intent != NodeIntent.Evicted && roles.Any(role => MayOwn(role, node.Name, view)))
            .Select(async node => (node.Name, Problems: node.Name == self ? await CheckHereAsync(roles, view, cancellationToken) : nodes is null ? null : await nodes.CheckAsync(node, yaml, cancellationToken)));
        var problems = NodeFindings.Merge((await Task.WhenAll(asked)).Where(answer => answer.Problems is not null).Select(answer => (answer.Name, answer.Problems!))).ToList();
        if (problems.Count > 0) throw DeclarationErrors.Of(problems);
    }

    private static bool MayOwn(RoleSpec role, NodeName node, ClusterView view) =>
        role.PossibleOwners.IsEmpty ? view.Nodes.TryGetValue(node, out var record) && record.Value.Kind == NodeKind.Member : role.PossibleOwners.Contains(node);

    private IEnumerable<SpecProblem> JobProblems(RoleSpec role)
    {
        foreach (var resource in role.Resources.Where(resource => resource.Type == JobResourceType.TypeName))
        {
            if (judge is null || JobReading.KindOf(resource) is not { } kind) continue;
            foreach (var (property, message) in judge(kind, resource.Properties)) yield return new SpecProblem(ResourceProperties.PathOf(role, resource, property), message);
        }
    }

    private static RoleChange Describe(RoleSpec? before, RoleSpec after) => new(
        after.Name.Value, before is null ? "create" : before == after ? "unchanged" : "update",
        [.. SpecDiff.Between(before, after).Select(change => new FieldChange(change.Path, change.Before, change.After))],
        [.. SpecEffects.Between(before, after).Restart.Select(resource => resource.Value)]);

    /// <summary>Puts the resource into the role's own declaration, so that it is read and checked like any other.</summary>
    private static string Merge(string declaration, RoleName role, string addition, out string merged)
    {
        var (whole, added) = (new YamlStream(), new YamlStream());
        whole.Load(new StringReader(declaration));
        try
        {
            added.Load(new StringReader(addition));
        }
        catch (YamlDotNet.Core.YamlException exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "declaration.invalid", $"The resource cannot be read: {exception.Message}", "Give it as 'name: {type: process, command: […]}'.", exception);
        }

        if (added.Documents is not [{ RootNode: YamlMappingNode { Children.Count: 1 } root }] || root.Children[0].Key is not YamlScalarNode { Value: { } name })
            throw new HoldfastException(ErrorKind.Invalid, "declaration.invalid", "One resource is needed, as one key with its properties.", "Give it as 'name: {type: process, command: […]}'.");
        var roles = (YamlMappingNode)((YamlMappingNode)whole.Documents[0].RootNode).Children[new YamlScalarNode("roles")];
        var declared = (YamlMappingNode)roles.Children[new YamlScalarNode(role.Value)];
        var key = new YamlScalarNode("resources");
        if (!declared.Children.TryGetValue(key, out var resources)) declared.Children.Add(key, resources = new YamlMappingNode());
        ((YamlMappingNode)resources).Children[root.Children[0].Key] = root.Children[0].Value;
        using var writer = new StringWriter();
        whole.Save(writer, assignAnchors: false);
        merged = writer.ToString();
        return name;
    }
}
