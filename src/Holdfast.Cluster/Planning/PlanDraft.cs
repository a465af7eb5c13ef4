using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;

namespace Holdfast.Cluster.Planning;

/// <summary>A plan while it is being made: lives inside one call of <see cref="Planner.Plan"/>.</summary>
internal sealed class PlanDraft
{
    private const int MostSteps = 100;
    private readonly ImmutableArray<PlanStep>.Builder _steps = ImmutableArray.CreateBuilder<PlanStep>();
    private readonly ImmutableSortedDictionary<RoleName, Because>.Builder _waiting = ImmutableSortedDictionary.CreateBuilder<RoleName, Because>();
    private readonly ImmutableSortedDictionary<RoleName, Because>.Builder _questions = ImmutableSortedDictionary.CreateBuilder<RoleName, Because>();
    private TimeSpan? _lookAgainIn;

    public PlanDraft(ClusterView view, Observations seen, ClusterSettings settings)
    {
        View = view;
        Settings = settings;
        Wall = seen.Wall;
        Judgement = LeaseJudgement.Of(view, seen);
        Declared = [.. view.Roles.Values];
        Roles = [.. RoleState.InOrder(view, Declared)];
        Loads = LoadMap.Of(Roles, Judgement);
        Relations = new Relations(Roles, Judgement, Loads);
    }

    public ClusterView View { get; }

    public ClusterSettings Settings { get; }

    public DateTimeOffset Wall { get; }

    public LeaseJudgement Judgement { get; }

    /// <summary>Gets the roles as they were declared, by name.</summary>
    public ImmutableArray<Versioned<RoleSpec>> Declared { get; }

    /// <summary>Gets the roles in the order in which they are served.</summary>
    public ImmutableArray<RoleState> Roles { get; }

    public LoadMap Loads { get; }

    public Relations Relations { get; }

    public StartTiers Tiers { get; } = new();

    /// <summary>Gets whether any placement changes.</summary>
    public bool ChangesPlacements { get; private set; }

    /// <summary>Gets whether it has as much as can be committed as one: who looks for more now would be judging what has changed by then.</summary>
    public bool IsFull => _steps.Count >= MostSteps;

    public ImmutableArray<Contender> Candidates(RoleState role) => CandidateRanking.Rank(role, Judgement, Loads, Relations, Wall);

    public MaintenanceMode? MaintenanceOf(RoleState role) => MaintenanceMode.Of(View, role.Spec, Wall);

    public void Add(PlanStep step)
    {
        ChangesPlacements |= step is PlanStep.Place or PlanStep.RemoveRole;
        _steps.Add(step);
    }

    public void Place(RoleState role, Placement next, Because because, OwnerFate? lostOwner = null)
    {
        if (next is { Phase: PlacementPhase.Assigned, Owner: { } owner }) Relations.Assigned(role.Name, owner);
        Add(new PlanStep.Place(next.Remembering(because, Wall), role.Placement.Revision, lostOwner?.Lease, because));
    }

    public void Wait(RoleState role, Because because) => _waiting[role.Name] = because;

    public void Ask(RoleState role, Because because) => _questions[role.Name] = because;

    /// <summary>Notes that time alone changes the answer after <paramref name="time"/>.</summary>
    public void LookAgainIn(TimeSpan time)
    {
        if (_lookAgainIn is null || time < _lookAgainIn) _lookAgainIn = time;
    }

    public Plan ToPlan() => new(_steps.ToImmutable(), AtLeastAMoment(_lookAgainIn), _waiting.ToImmutable()) { Questions = _questions.ToImmutable() };

    // A clock that is read twice in one tick must not make the planner spin.
    private static TimeSpan? AtLeastAMoment(TimeSpan? time) => time < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : time;
}
