using System.Collections.Immutable;
using Holdfast.Agent.Events;
using Holdfast.Agent.Planning;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Cluster.Upgrades;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Holdfast.Store.State;

namespace Holdfast.Agent.Operations;

/// <summary>What people ask of the cluster. Any node carries it out: everything is a compare-and-swap on what was judged.</summary>
internal sealed class ClusterOperations(NodeName self, ClusterRegistry registry, ClusterFeed feed, PlannerLoop planner, EventJournal journal, TimeProvider time)
{
    private const int Attempts = 20;

    /// <summary>What is known now.</summary>
    /// <exception cref="HoldfastException">Code <c>store.unavailable</c>: nothing was read yet.</exception>
    public (ClusterView View, Observations Seen) Situation() =>
        planner.Situation() ?? throw new StoreUnavailableException("This node has not reached the store yet.");

    /// <summary>Moves a role.</summary>
    public async Task<string> MoveAsync(RoleName role, NodeName? to, CancellationToken cancellationToken)
    {
        PlanStep.Place? done = null;
        await CommitAsync(
            (view, seen) => [done = Planner.PlanMove(view, seen, role, to)],
            cancellationToken);
        journal.Add("role.move-asked", $"A move of role {role} was asked for.", role.Value);
        return $"Role {role} leaves {done!.Next.Owner}{(done.Next.Target is { } target ? $" for {target}" : "")}.";
    }

    /// <summary>Takes a role back to a more preferred owner, or says that it stays.</summary>
    public async Task<string> FailbackAsync(RoleName role, bool stay, CancellationToken cancellationToken)
    {
        PlanStep.Place? done = null;
        await CommitAsync((view, seen) => [done = stay ? Planner.PlanStay(view, seen, role) : Planner.PlanFailback(view, seen, role)], cancellationToken);
        journal.Add(stay ? "role.stay-asked" : "role.failback-agreed", done!.Because.Sentence, role.Value);
        return stay ? $"Role {role} stays on {done.Next.Owner}." : $"Role {role} leaves {done.Next.Owner} for {done.Next.Target}.";
    }

    /// <summary>Wants a role online; a failed one gets a new chance.</summary>
    public async Task<string> StartAsync(RoleName role, CancellationToken cancellationToken)
    {
        await UpdateRoleAsync(role, spec => spec with { Desired = DesiredState.Online }, cancellationToken, byHand: true);
        static IEnumerable<RoleName> Failed(ClusterView view, RoleName role) => view.Placements.Values.Where(placement => placement.Value.Role.Role == role && placement.Value.Phase == PlacementPhase.Failed).Select(placement => placement.Value.Role);
        if (Failed(Situation().View, role).Any())
            await CommitAsync((view, seen) => [.. Failed(view, role).Select(failed => Planner.PlanRestartAfterFailure(view, failed, seen.Wall))], cancellationToken);
        journal.Add("role.start-asked", $"Role {role} is wanted online.", role.Value);
        return $"Role {role} is wanted online.";
    }

    /// <summary>Wants a role offline.</summary>
    public async Task<string> StopAsync(RoleName role, CancellationToken cancellationToken)
    {
        await UpdateRoleAsync(role, spec => spec with { Desired = DesiredState.Offline }, cancellationToken, byHand: true);
        journal.Add("role.stop-asked", $"Role {role} is wanted offline.", role.Value);
        return $"Role {role} is wanted offline; it stays so until 'holdfast role start {role}'.";
    }

    /// <summary>Removes a role as soon as it is offline.</summary>
    public async Task<string> DeleteRoleAsync(RoleName role, CancellationToken cancellationToken)
    {
        if (Situation().View.Settings?.Maintenance?.IsInEffect(time.GetUtcNow()) == true) Planner.RequireNoMaintenance(Situation().View, role, time.GetUtcNow());
        await UpdateRoleAsync(role, spec => spec with { Desired = DesiredState.Offline, Deleting = true, Maintenance = null }, cancellationToken); // Its own maintenance ends with it.
        journal.Add("role.delete-asked", $"Role {role} is taken offline and removed.", role.Value);
        return $"Role {role} is taken offline and removed.";
    }

    /// <summary>Begins a maintenance of a role, or of every role when none is named; one that is under way is replaced.</summary>
    public async Task<string> MaintainAsync(RoleName? role, TimeSpan duration, string? reason, CancellationToken cancellationToken)
    {
        var maintenance = Maintenance.Begin(time.GetUtcNow(), duration, reason);
        await SetMaintenanceAsync(role, maintenance, cancellationToken);
        var message = $"{(role is { } name ? $"Role {name}" : "The cluster")} is in maintenance until {maintenance.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC{(maintenance.Reason is { } why ? $" ({why})" : "")}: what fails is told and left alone.";
        journal.Add("maintenance.begun", message, role?.Value);
        return message;
    }

    /// <summary>Ends a maintenance before its time.</summary>
    /// <exception cref="HoldfastException">Code <c>maintenance.none</c>.</exception>
    public async Task<string> EndMaintenanceAsync(RoleName? role, CancellationToken cancellationToken)
    {
        await SetMaintenanceAsync(role, null, cancellationToken);
        var message = $"{(role is { } name ? $"Role {name}" : "The cluster")} is out of maintenance again, as was asked for.";
        journal.Add("maintenance.ended", message, role?.Value);
        return message;
    }

    private async Task SetMaintenanceAsync(RoleName? role, Maintenance? maintenance, CancellationToken cancellationToken)
    {
        if (role is { } name)
        {
            await UpdateRoleAsync(name, spec => spec.Maintenance is null && maintenance is null ? throw NoMaintenance($"Role {name}") : spec with { Maintenance = maintenance }, cancellationToken);
            return;
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var view = Situation().View;
            var settings = view.Settings ?? throw new StoreUnavailableException("The cluster is not fully made yet.");
            if (settings.Maintenance is null && maintenance is null) throw NoMaintenance("The cluster");
            if (await TryAsync(registry.PutAsync(RegistryKeys.Settings, settings with { Maintenance = maintenance }, RegistryJson.Default.ClusterSettings, view.SettingsRevision, cancellationToken), cancellationToken)) return;
        }

        throw Contended("the settings");
    }

    private static HoldfastException NoMaintenance(string what) => new(ErrorKind.Conflict, "maintenance.none", $"{what} is in no maintenance.", "See 'holdfast cluster status'.");

    /// <summary>Changes one resource of a role.</summary>
    public Task UpdateResourceAsync(RoleName role, ResourceName resource, Func<ResourceSpec, ResourceSpec> change, CancellationToken cancellationToken) =>
        UpdateRoleAsync(
            role,
            spec =>
            {
                var index = spec.Resources.IndexOf(spec.Resources.FirstOrDefault(r => r.Name == resource)!);
                if (index < 0)
                    throw new HoldfastException(ErrorKind.NotFound, "resource.not-found", $"Role {role} has no resource {resource}; it has {string.Join(", ", spec.Resources.Select(r => r.Name))}.", "See 'holdfast role show'.");
                return spec with { Resources = spec.Resources.SetItem(index, change(spec.Resources[index])) };
            },
            cancellationToken, byHand: true);

    /// <summary>Changes a role's declaration.</summary>
    /// <param name="byHand">Somebody wants it done now: refused while the role is in maintenance.</param>
    /// <exception cref="HoldfastException">Code <c>role.not-found</c>, <c>role.in-maintenance</c>, <c>store.conflict</c>, or what the change throws.</exception>
    public async Task UpdateRoleAsync(RoleName role, Func<RoleSpec, RoleSpec> change, CancellationToken cancellationToken, bool byHand = false)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var view = Situation().View;
            if (!view.Roles.TryGetValue(role, out var spec)) throw NoRole(role, view);
            if (byHand) Planner.RequireNoMaintenance(view, role, time.GetUtcNow());
            var next = change(spec.Value);
            if (next == spec.Value) return;
            RecordFormat.Require(next, Format, $"Role {role}");
            if (await TryAsync(registry.PutAsync(RegistryKeys.Role(role), next, RegistryJson.Default.RoleSpec, spec.Revision, cancellationToken), cancellationToken)) return;
        }

        throw Contended($"role {role}");
    }

    /// <summary>Writes declarations as one: all or none.</summary>
    /// <param name="roles">Each with the revision that it was compared with; 0 for a new one.</param>
    /// <exception cref="HoldfastException">Code <c>store.conflict</c>: somebody changed one of them meanwhile.</exception>
    public async Task DeclareAsync(IReadOnlyList<(RoleSpec Spec, long Revision)> roles, CancellationToken cancellationToken, IReadOnlyList<(NamedCalendar Calendar, long Revision)>? calendars = null)
    {
        var view = Situation().View;
        foreach (var (spec, _) in roles) RecordFormat.Require(spec, Format, $"Role {spec.Name}");
        var conditions = ImmutableArray.CreateBuilder<StoreCondition>();
        var writes = ImmutableArray.CreateBuilder<StoreWrite>();
        foreach (var (spec, revision) in roles)
        {
            conditions.Add(new(RegistryKeys.Role(spec.Name), revision));
            writes.Add(new(RegistryKeys.Role(spec.Name), RegistryJson.Encode(spec, RegistryJson.Default.RoleSpec)));
            if (revision == 0 && view.Ledgers.ContainsKey(spec.Name)) writes.AddRange(new StoreWrite(RegistryKeys.Ledger(spec.Name), null), new StoreWrite(RegistryKeys.Checkpoint(spec.Name), null), new StoreWrite(RegistryKeys.Trace(spec.Name), null)); // Of an earlier job of this name: what it missed is nobody's.
            if (view.Placements.ContainsKey(spec.Name)) continue; // The tombstone of an earlier role of this name: its epochs go on.
            conditions.Add(new(RegistryKeys.Placement(spec.Name), 0));
            writes.Add(new(RegistryKeys.Placement(spec.Name), RegistryJson.Encode(Placement.Unplaced(spec.Name), RegistryJson.Default.Placement)));
        }

        foreach (var (calendar, revision) in calendars ?? [])
        {
            conditions.Add(new(RegistryKeys.Calendar(calendar.Name), revision));
            writes.Add(new(RegistryKeys.Calendar(calendar.Name), RegistryJson.Encode(calendar, RegistryJson.Default.NamedCalendar)));
        }

        var declaration = new StoreTransaction(conditions.ToImmutable(), writes.ToImmutable());
        if (TransactionRules.IsTooLarge(declaration))
            throw new HoldfastException(ErrorKind.Invalid, "declaration.too-large", $"{roles.Count} roles would change, which is more than can be stored as one; nothing was changed.", "Split the declaration and apply the parts one after the other: a thousand roles with few resources fit into one.");
        switch (await registry.Store.CommitAsync(declaration, cancellationToken))
        {
            case CommitOutcome.Conflict:
                await feed.RefreshAsync(cancellationToken);
                throw new HoldfastException(ErrorKind.Conflict, "store.conflict", "Somebody changed one of these roles at the same moment; nothing was changed.", "Look at 'holdfast diff' and apply again.");
            case CommitOutcome.Unknown unknown:
                throw new StoreUnavailableException($"Whether the declaration was stored is unknown: {unknown.Reason}");
        }

        await feed.RefreshAsync(cancellationToken);
        foreach (var (calendar, revision) in calendars ?? []) journal.Add(revision == 0 ? "calendar.created" : "calendar.changed", $"Calendar {calendar.Name} was {(revision == 0 ? "created" : "changed")}.");
        foreach (var (spec, revision) in roles) journal.Add(revision == 0 ? "role.created" : "role.changed", $"Role {spec.Name} was {(revision == 0 ? "created" : "changed")}.", spec.Name.Value);
    }

    /// <summary>Changes what is wanted of a node.</summary>
    public async Task UpdateNodeAsync(NodeName node, Func<NodeRecord, NodeRecord> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var record = FindNode(node);
            var next = change(record.Value);
            if (next == record.Value) return;
            if (await TryAsync(registry.PutAsync(RegistryKeys.Node(node), next, RegistryJson.Default.NodeRecord, record.Revision, cancellationToken), cancellationToken)) return;
        }

        throw Contended($"node {node}");
    }

    /// <summary>
    /// Has a node give its roles away because it is restarted soon; it makes itself active again when it is back. The records of all nodes are compared, so that of two who
    /// ask at the same time for two nodes one is refused.
    /// </summary>
    /// <exception cref="HoldfastException">What <see cref="UpgradeRules.Require"/> refuses, <c>store.contended</c>.</exception>
    public async Task DrainForRestartAsync(NodeName node, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (view, seen) = Situation();
            UpgradeRules.Require(view, seen, node);
            var record = FindNode(node).Value;
            var next = record.Intent == NodeIntent.Active ? record with { Intent = NodeIntent.Draining, ShuttingDown = true } : record;
            if (await TryAsync(
                registry.Store.CommitAsync(new([.. view.Nodes.Values.Select(known => new StoreCondition(RegistryKeys.Node(known.Value.Name), known.Revision))], [new(RegistryKeys.Node(node), RegistryJson.Encode(next, RegistryJson.Default.NodeRecord))]), cancellationToken),
                cancellationToken)) return;
        }

        throw Contended($"node {node}");
    }

    /// <summary>Raises the format of the cluster's records, if every node reads it. A node that joins at this moment, or says that it runs another build, is judged too.</summary>
    /// <returns>False when it was raised before.</returns>
    /// <exception cref="HoldfastException">Codes <c>upgrade.older-builds</c>, <c>store.contended</c>.</exception>
    public async Task<bool> RaiseFormatAsync(int format, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await feed.RefreshAsync(cancellationToken);
            var view = Situation().View;
            var settings = view.Settings ?? throw new StoreUnavailableException("The cluster is not fully made yet.");
            var next = UpgradeRules.Raise(view, settings, format);
            if (next == settings) return false;
            // A node that is admitted advances the planner's key, so that it is either seen here or judged by the new settings there.
            StoreCondition[] judged =
            [
                new(RegistryKeys.Settings, view.SettingsRevision), new(RegistryKeys.Planner, view.PlannerRevision),
                .. view.Builds.Values.Select(build => new StoreCondition(RegistryKeys.Build(build.Value.Node), build.Revision)),
            ];
            if (await TryAsync(registry.Store.CommitAsync(new([.. judged], [new(RegistryKeys.Settings, RegistryJson.Encode(next, RegistryJson.Default.ClusterSettings)), PlannerMark.Write(self)]), cancellationToken), cancellationToken)) return true;
        }

        throw Contended("the cluster's nodes");
    }

    /// <summary>Has every node's leases use a timing from their next renewal on.</summary>
    public async Task UseProfileAsync(string profile, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var view = Situation().View;
            var settings = view.Settings ?? throw new StoreUnavailableException("The cluster is not fully made yet.");
            if (settings.Profile == profile || await TryAsync(registry.PutAsync(RegistryKeys.Settings, settings with { Profile = profile }, RegistryJson.Default.ClusterSettings, view.SettingsRevision, cancellationToken), cancellationToken)) return;
        }

        throw Contended("the settings");
    }

    /// <summary>The format that the cluster's records have now.</summary>
    public int Format => Situation().View.Settings?.Format ?? RecordFormat.First;

    /// <summary>Changes who may do what.</summary>
    /// <exception cref="HoldfastException">What the change throws, <c>store.contended</c>.</exception>
    public async Task UpdateAccessAsync(Func<AccessRecord, AccessRecord> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var record = await registry.FindAsync(RegistryKeys.Access, RegistryJson.Default.AccessRecord, cancellationToken);
            var next = change(record?.Value ?? AccessRecord.Empty);
            if (next == record?.Value || await TryAsync(registry.PutAsync(RegistryKeys.Access, next, RegistryJson.Default.AccessRecord, record?.Revision ?? 0, cancellationToken), cancellationToken)) return;
        }

        throw Contended("who may do what");
    }

    /// <summary>Finds a node.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public Versioned<NodeRecord> FindNode(NodeName node)
    {
        var view = Situation().View;
        return view.Nodes.TryGetValue(node, out var record) && record.Value.Intent != NodeIntent.Evicted ? record
            : throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"There is no node {node}; there are {string.Join(", ", view.Nodes.Keys)}.", "See 'holdfast node list'.");
    }

    /// <summary>
    /// Takes a node's right to be part of the cluster and condemns its lease, as one: it can no longer renew, and the lease is
    /// ended by whoever has seen it long enough (leases rule 5).
    /// </summary>
    /// <param name="revoke">What else has to be compared and written with it, for the record as it is.</param>
    public async Task CondemnAsync(NodeName node, Func<NodeRecord, CancellationToken, Task<(StoreCondition[] Unchanged, StoreWrite[] Writes)>> revoke, CancellationToken cancellationToken)
    {
        // The node renews several times a second, so the record read must be fresh, and the writing may have to be repeated.
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var record = FindNode(node);
            var lease = await registry.FindAsync(RegistryKeys.Lease(node), RegistryJson.Default.LeaseRecord, cancellationToken);
            var (unchanged, revoking) = await revoke(record.Value, cancellationToken);
            List<StoreCondition> conditions = [new(RegistryKeys.Node(node), record.Revision), new(RegistryKeys.Lease(node), lease?.Revision ?? 0), .. unchanged];
            List<StoreWrite> writes = [new(RegistryKeys.Node(node), RegistryJson.Encode(record.Value with { Intent = NodeIntent.Evicted, Voter = false, CertificateFingerprint = "", FormerFingerprint = null, FormerSerial = null }, RegistryJson.Default.NodeRecord)), new(RegistryKeys.Scheduler(node), null), .. revoking]; // One of that name that joins later begins with a scheduler that runs.
            if (lease is { Value.State: LeaseState.Live } live) writes.Add(new(RegistryKeys.Lease(node), RegistryJson.Encode(live.Value with { State = LeaseState.Closing }, RegistryJson.Default.LeaseRecord)));
            if (await TryAsync(registry.Store.CommitAsync(new([.. conditions], [.. writes]), cancellationToken), cancellationToken)) return;
        }

        throw Contended($"node {node}");
    }

    /// <summary>Takes an operator's word that a node is off (leases rule 15).</summary>
    /// <exception cref="HoldfastException">Code <c>node.still-up</c>.</exception>
    public async Task ConfirmDownAsync(NodeName node, CancellationToken cancellationToken)
    {
        var view = Situation().View;
        if (!view.Leases.TryGetValue(node, out var lease)) throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"Node {node} has never had a lease.", "See 'holdfast node list'.");
        if (lease.Value.State != LeaseState.Ended)
            throw new HoldfastException(ErrorKind.Conflict, "node.still-up", $"The lease of node {node} has not ended: it may still be at work.", "Use this only for a machine that is down; 'holdfast node evict' or 'drain' is for one that is up.");
        if (!await TryAsync(registry.RenewLeaseAsync(lease.Value with { ConfirmedDown = true }, lease.Revision, cancellationToken), cancellationToken)) throw Contended($"the lease of node {node}");
        journal.Add("node.confirmed-down", $"An operator confirmed that node {node} is off.");
    }

    /// <summary>Commits steps judged on the present view, and judges again when somebody was faster.</summary>
    private async Task CommitAsync(Func<ClusterView, Observations, IReadOnlyList<PlanStep>> judge, CancellationToken cancellationToken)
    {
        // What was known before the store was lost is no ground for an answer: who is cut off sees everybody else as lost.
        if (feed.Trouble is { } trouble) throw new StoreUnavailableException($"The store cannot be reached: {trouble}");
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (view, seen) = Situation();
            if (await TryAsync(registry.CommitPlanAsync(self, view, judge(view, seen), cancellationToken), cancellationToken)) return;
        }

        throw Contended("the placement");
    }

    private async Task<bool> TryAsync(Task<CommitOutcome> commit, CancellationToken cancellationToken)
    {
        switch (await commit)
        {
            case CommitOutcome.Committed:
                await feed.RefreshAsync(cancellationToken); // Whoever asks next on this node sees it.
                return true;
            case CommitOutcome.Conflict:
                await feed.RefreshAsync(cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 15)), time, cancellationToken);
                return false;
            case CommitOutcome.Unknown unknown:
                throw new StoreUnavailableException($"Whether the change was stored is unknown: {unknown.Reason}");
            default:
                return false;
        }
    }

    private static HoldfastException NoRole(RoleName role, ClusterView view) => new(ErrorKind.NotFound, "role.not-found",
        view.Roles.IsEmpty ? $"There is no role {role}; there are none." : $"There is no role {role}; there are {string.Join(", ", view.Roles.Keys)}.", "See 'holdfast role list'.");

    private static HoldfastException Contended(string what) =>
        new(ErrorKind.Conflict, "store.contended", $"Others kept changing {what} at the same time.", "Try again.");
}
