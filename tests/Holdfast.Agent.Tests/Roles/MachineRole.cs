using System.Collections.Immutable;
using Holdfast.Agent.Roles;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Roles;

/// <summary>A role machine with what was asked of it and a clock: every resource answers only when the test says so.</summary>
internal sealed class MachineRole(RoleSpec spec, params string[]? held)
{
    public RoleMachine Machine { get; private set; } = RoleMachine.For(spec, held is null ? null : name => held.Contains(name.Value));

    public ClockReading Now { get; private set; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));

    /// <summary>Gets what the last input led to: <c>+a</c> for a start, <c>-a</c> for a stop, <c>~a</c> for an update.</summary>
    public string Asked { get; private set; } = "";

    /// <summary>A role of resources written as <c>app:db,ip</c>: the name, and what it depends on.</summary>
    public static RoleSpec Of(params string[] resources) => new()
    {
        Name = new RoleName("orders"),
        Restarts = new Budget(2, TimeSpan.FromMinutes(1)),
        Resources = [.. resources.Select(Resource)],
    };

    public static ResourceSpec Resource(string text)
    {
        var parts = text.Split(':');
        return new ResourceSpec
        {
            Name = new ResourceName(parts[0]), Type = "process",
            DependsOn = parts.Length == 1 ? [] : [.. parts[1].Split(',').Select(name => new ResourceName(name))],
        };
    }

    /// <summary>A machine with everything online.</summary>
    public static MachineRole Online(RoleSpec spec)
    {
        var role = new MachineRole(spec);
        role.Begin();
        role.AnswerAll();
        return role;
    }

    public MachineRole Begin() => Take(new RoleInput.Begin());

    public MachineRole CameOnline(string resource) => Take(new RoleInput.CameOnline(new(resource)));

    public MachineRole WentOffline(string resource) => Take(new RoleInput.WentOffline(new(resource)));

    public MachineRole Ready(string resource, string? problem) => Take(new RoleInput.Readiness(new(resource), problem));

    public MachineRole Failed(string resource) => Take(new RoleInput.Failed(new(resource), "exit 1"));

    public MachineRole Launched(string resource, int processId) => Take(new RoleInput.Launched(new(resource), processId));

    public MachineRole Exited(string resource, int processId) => Take(new RoleInput.Exited(new(resource), processId, "exit 1"));

    public MachineRole Noticed(string resource, string? problem) => Take(new RoleInput.Noticed(new(resource), problem));

    /// <summary>A maintenance begins, or ends.</summary>
    public MachineRole Maintain(bool begins = true) => Declare(Machine.Spec with { Maintenance = begins ? Maintenance.Begin(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), null) : null });

    public MachineRole Leave() => Take(new RoleInput.Leave());

    public MachineRole Closed() => Take(new RoleInput.Closed("the epoch is closed"));

    public MachineRole Declare(RoleSpec declared) => Take(new RoleInput.Declared(declared));

    /// <summary>Declares the role with one resource changed.</summary>
    public MachineRole Change(string resource, Func<ResourceSpec, ResourceSpec> change) =>
        Declare(Machine.Spec with { Resources = [.. Machine.Spec.Resources.Select(r => r.Name.Value == resource ? change(r) : r)] });

    public MachineRole Wait(TimeSpan time)
    {
        Now = Now.Plus(time);
        return this;
    }

    public OnlineState StateOf(string resource) => Machine.Cells[new(resource)].State;

    /// <summary>Answers every start and stop with success until nothing is asked any more; returns everything asked on the way.</summary>
    public string AnswerAll()
    {
        List<string> asked = [];
        for (var round = 0; round < 100; round++)
        {
            var due = Machine.Cells.Where(c => c.Value.State is OnlineState.Starting or OnlineState.Stopping).Select(c => (Name: c.Key.Value, c.Value.State)).ToList();
            if (due.Count == 0) return string.Join(' ', asked);
            foreach (var (name, state) in due)
            {
                _ = state == OnlineState.Starting ? CameOnline(name) : WentOffline(name);
                if (Asked.Length > 0) asked.Add(Asked);
            }
        }

        throw new InvalidOperationException("The machine does not come to rest.");
    }

    private MachineRole Take(RoleInput input)
    {
        (Machine, ImmutableArray<RoleAction> actions) = Machine.On(input, Now);
        Asked = string.Join(' ', actions.Select(action => action switch
        {
            RoleAction.Start start => $"+{start.Resource}",
            RoleAction.Stop stop => $"-{stop.Resource}",
            RoleAction.Update update => $"~{update.Resource}",
            _ => throw new InvalidOperationException(),
        }));
        return this;
    }
}
