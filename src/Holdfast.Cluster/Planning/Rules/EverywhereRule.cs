using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>Removes a role that runs everywhere once nobody owns any instance of it.</summary>
internal static class EverywhereRule
{
    public static void Apply(PlanDraft draft)
    {
        foreach (var declared in draft.Declared.Where(role => role.Value is { Mode: RoleMode.Everywhere, Deleting: true }))
        {
            var name = declared.Value.Name;
            if (draft.View.Placements.Values.Any(placement => placement.Value.Role.Role == name && !placement.Value.IsFree)) continue;

            var own = draft.View.Placements.TryGetValue(name, out var placed) ? placed.Revision : 0;
            draft.Add(new PlanStep.RemoveRole(name, declared.Revision, own, Because.Of("delete", $"{name} is being deleted and runs nowhere any more.")));
        }
    }
}
