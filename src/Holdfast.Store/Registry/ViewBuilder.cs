using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;

namespace Holdfast.Store.Registry;

/// <summary>Turns records of the store into a <see cref="ClusterView"/>, whole or change by change.</summary>
public static class ViewBuilder
{
    /// <summary>The view of a fresh read of the store's root.</summary>
    /// <exception cref="HoldfastException">Code <c>format.too-new</c>: this build cannot read the store.</exception>
    public static ClusterView From(StoreView read)
    {
        if (read.Records.TryGetValue(RegistryKeys.Settings, out var settings)) StoreFormat.RequireReadable(settings.Value); // Before anything is taken for what it is not.
        var view = ClusterView.Empty with { Revision = read.Revision };
        foreach (var record in read.Records.Values) view = Put(view, record.Key, record.Value, record.Revision);
        return view;
    }

    /// <summary>The view after one revision's changes.</summary>
    /// <exception cref="HoldfastException">Code <c>format.too-new</c>: this build cannot read the store any more.</exception>
    public static ClusterView After(ClusterView view, StoreChange change)
    {
        foreach (var item in change.Changes)
        {
            if (item is { Key: RegistryKeys.Settings, Value: { } settings }) StoreFormat.RequireReadable(settings);
        }

        foreach (var item in change.Changes) view = item.Value is { } value ? Put(view, item.Key, value, change.Revision) : Remove(view, item.Key);
        return view with { Revision = Math.Max(view.Revision, change.Revision) };
    }

    private static ClusterView Put(ClusterView view, string key, ReadOnlyMemory<byte> value, long revision)
    {
        switch (key)
        {
            case RegistryKeys.Settings: return view with { Settings = RegistryJson.Decode(value, RegistryJson.Default.ClusterSettings), SettingsRevision = revision };
            case RegistryKeys.Access: return view with { Access = RegistryJson.Decode(value, RegistryJson.Default.AccessRecord) };
            case RegistryKeys.Planner: return view with { PlannerRevision = revision };
        }

        var (prefix, name) = Split(key);
        return prefix switch
        {
            RegistryKeys.Nodes => view with { Nodes = view.Nodes.SetItem(new NodeName(name), new(RegistryJson.Decode(value, RegistryJson.Default.NodeRecord), revision)) },
            RegistryKeys.Leases => view with { Leases = view.Leases.SetItem(new NodeName(name), new(RegistryJson.Decode(value, RegistryJson.Default.LeaseRecord), revision)) },
            RegistryKeys.Healths => view with { Health = view.Health.SetItem(new NodeName(name), new(RegistryJson.Decode(value, RegistryJson.Default.NodeHealth), revision)) },
            RegistryKeys.Builds => view with { Builds = view.Builds.SetItem(new NodeName(name), new(RegistryJson.Decode(value, RegistryJson.Default.NodeBuild), revision)) },
            RegistryKeys.Roles => view with { Roles = view.Roles.SetItem(new RoleName(name), new(RegistryJson.Decode(value, RegistryJson.Default.RoleSpec), revision)) },
            RegistryKeys.Placements => view with { Placements = view.Placements.SetItem(new RoleName(name), new(RegistryJson.Decode(value, RegistryJson.Default.Placement), revision)) },
            RegistryKeys.Statuses => view with { Statuses = view.Statuses.SetItem(new RoleName(name), new(RegistryJson.Decode(value, RegistryJson.Default.RoleStatus), revision)) },
            RegistryKeys.Ledgers => view with { Ledgers = view.Ledgers.SetItem(new RoleName(name), new(RegistryJson.Decode(value, RegistryJson.Default.JobLedger), revision)) },
            RegistryKeys.Calendars => view with { Calendars = view.Calendars.SetItem(name, new(RegistryJson.Decode(value, RegistryJson.Default.NamedCalendar), revision)) },
            RegistryKeys.Schedulers => view with { StoppedSchedulers = view.StoppedSchedulers.SetItem(new NodeName(name), new(RegistryJson.Decode(value, RegistryJson.Default.SchedulerStop), revision)) },
            _ => view, // Tokens and secrets are read when they are needed, never planned on.
        };
    }

    private static ClusterView Remove(ClusterView view, string key)
    {
        var (prefix, name) = Split(key);
        return prefix switch
        {
            RegistryKeys.Nodes => view with { Nodes = view.Nodes.Remove(new NodeName(name)) },
            RegistryKeys.Leases => view with { Leases = view.Leases.Remove(new NodeName(name)) },
            RegistryKeys.Healths => view with { Health = view.Health.Remove(new NodeName(name)) },
            RegistryKeys.Builds => view with { Builds = view.Builds.Remove(new NodeName(name)) },
            RegistryKeys.Roles => view with { Roles = view.Roles.Remove(new RoleName(name)) },
            RegistryKeys.Placements => view with { Placements = view.Placements.Remove(new RoleName(name)) },
            RegistryKeys.Statuses => view with { Statuses = view.Statuses.Remove(new RoleName(name)) },
            RegistryKeys.Ledgers => view with { Ledgers = view.Ledgers.Remove(new RoleName(name)) },
            RegistryKeys.Calendars => view with { Calendars = view.Calendars.Remove(name) },
            RegistryKeys.Schedulers => view with { StoppedSchedulers = view.StoppedSchedulers.Remove(new NodeName(name)) },
            _ => view,
        };
    }

    private static (string Prefix, string Name) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal) + 1;
        return (key[..slash], key[slash..]);
    }
}
