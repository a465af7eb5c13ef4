using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Tests.OneOwner;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>What holds for every view. A failing property prints the seed of its scene and the seed to replay it.</summary>
public sealed class PlannerProperties
{
    private static readonly Config Thoroughly = Config.QuickThrowOnFailure.WithMaxTest(3000);

    [Fact]
    public void Every_plan_on_any_view_is_sound_and_deterministic() => ForAny(RandomScene.Of, scene =>
    {
        PlanChecks.RequireSound(scene.View, scene.Seen, scene.Plan());
        return true;
    });

    [Fact]
    public void Everything_that_can_run_ends_up_assigned_and_the_planner_comes_to_rest() => ForAny(RandomScene.Reachable, scene =>
    {
        var settled = Settle(scene);
        foreach (var role in settled.View.Roles.Values.Select(r => r.Value).Where(r => r is { Desired: DesiredState.Online, Deleting: false }).SelectMany(r => Parts(settled, r)))
        {
            if (IsServed(settled, settled.PlacementOf(role.Name.Value))) continue;

            if (role.PossibleOwners is [var only] && settled.View.IsClient(only) && !CanRun(settled, role, only)) continue; // It waits for its machine, of which nobody is told.
            var waiting = settled.WaitingOf(role.Name.Value);
            var canRun = settled.View.Nodes.Keys.Any(node => CanRun(settled, role, node) && Company.Allows(settled.View, role, node));
            Assert.True(!canRun || waiting.Rule is "unconfirmed-end" or "budget-spent" or "maintenance", $"{role.Name} could run, but: {waiting.Sentence}");
        }

        return true;
    });

    [Fact]
    public void Nothing_changes_before_the_planner_wants_to_look_again() => ForAny(RandomScene.Of, scene =>
    {
        if (scene.Plan().LookAgainIn is not { } next || next <= TimeSpan.FromMilliseconds(1)) return true;

        var justBefore = scene.After(next - TimeSpan.FromTicks(1));

        Assert.Equal(Decisions(scene), Decisions(justBefore));
        return true;
    });

    [Fact]
    public void An_explanation_can_be_given_of_anything() => ForAny(RandomScene.Of, scene =>
        scene.View.Roles.Keys.All(role => Planner.Explain(scene.View, scene.Seen, role) is { Summary.Length: > 0 } explanation
            && explanation.Candidates.Where(c => c.Eligible).Select(c => c.Rank).SequenceEqual(Enumerable.Range(1, explanation.Candidates.Count(c => c.Eligible)))));

    private static void ForAny(Func<int, Scene> scene, Func<Scene, bool> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => holds(scene(seed))).Check(Thoroughly);

    /// <summary>Lets the cluster work: the living renew, owners start, stop and report, the planner's steps are committed.</summary>
    private static Scene Settle(Scene scene)
    {
        var alive = scene.View.Leases.Values.Where(l => l.Value.State == LeaseState.Live && scene.Seen.Leases.ContainsKey(l.Value.Node) && CountIsYoung(scene, l)).Select(l => l.Value.Node.Value).ToArray();
        for (var round = 0; round < 60; round++)
        {
            scene = scene.AfterMilliseconds(200, alive);
            var before = scene;
            scene = scene.Planned();
            foreach (var (role, placement) in scene.View.Placements)
            {
                if (placement.Value is { Phase: PlacementPhase.Releasing } && OwnerIsPresent(scene, placement.Value)) scene = scene.Released(role.Value);
                if (placement.Value is { Phase: PlacementPhase.Assigned } && OwnerIsPresent(scene, placement.Value) && !IsOnline(scene, placement.Value)) scene = scene.Says(role.Value, OnlineState.Online);
            }

            // Long enough without a change for every silent lease to have ended.
            if (ReferenceEquals(before.View, scene.View) && round > 10) return scene;
        }

        throw new ModelViolation("the planner does not come to rest: " + string.Join("; ", scene.Plan().Steps.Select(step => step.Because.Sentence)));
    }

    /// <summary>A role, or one part of it for each node that it can run on now.</summary>
    private static IEnumerable<RoleSpec> Parts(Scene scene, RoleSpec role) => role.Mode == RoleMode.Single ? [role]
        : scene.View.Nodes.Keys.Where(node => CanRun(scene, role, node)).Select(node => role with { Name = role.Name.On(node), PossibleOwners = [node] });

    private static bool CountIsYoung(Scene scene, Versioned<LeaseRecord> lease) =>
        LeaseArithmetic.Counted(lease, scene.Seen.Leases[lease.Value.Node], scene.Seen.Now) < Scene.Duration;

    private static bool IsOnline(Scene scene, Placement placement) =>
        scene.View.Statuses.TryGetValue(placement.Role, out var status) && status.Value.Epoch == placement.Epoch && status.Value.Node == placement.Owner && status.Value.State == OnlineState.Online && !status.Value.GivenUp;

    private static bool OwnerIsPresent(Scene scene, Placement placement) =>
        IsUp(scene, placement.Owner!.Value.Value) && scene.View.Leases[placement.Owner.Value].Value.Incarnation == placement.OwnerIncarnation;

    private static bool IsUp(Scene scene, string node) =>
        scene.View.Leases.TryGetValue(N(node), out var lease) && lease.Value.State == LeaseState.Live
        && LeaseArithmetic.Counted(lease, scene.Seen.Leases.TryGetValue(N(node), out var seen) ? seen : null, scene.Seen.Now) < Scene.Duration / 2;

    private static bool CanRun(Scene scene, RoleSpec role, Cluster.Naming.NodeName node) =>
        (role.PossibleOwners.IsEmpty || role.PossibleOwners.Contains(node)) && IsUp(scene, node.Value)
        && scene.View.Nodes[node].Value is { Intent: NodeIntent.Active, Kind: var kind } && (kind == NodeKind.Member || (kind == NodeKind.Client && role is { Mode: RoleMode.Single, PossibleOwners: [_] }));

    private static bool IsServed(Scene scene, Placement placement) => placement.Phase == PlacementPhase.Assigned && OwnerIsPresent(scene, placement);

    private static string Decisions(Scene scene) => string.Join(", ", scene.Plan().Steps.Select(step => step switch
    {
        PlanStep.EndLease end => $"end {end.Next.Node}",
        PlanStep.Place place => string.Create(CultureInfo.InvariantCulture, $"{place.Next.Role} {place.Next.Phase} {place.Next.Owner} {place.Next.Epoch} {place.Next.Target} {place.Next.Kind}"),
        PlanStep.UpdateNode update => $"node {update.Next.Name} {update.Next.Losses.Length} {update.Next.Quarantine is not null}",
        _ => step.ToString(),
    }));
}
