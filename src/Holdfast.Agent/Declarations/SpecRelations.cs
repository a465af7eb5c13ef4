using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>Checks what roles want of each other, which no role shows alone.</summary>
public static class SpecRelations
{
    /// <summary>Returns the mistakes of some roles among all that there will be.</summary>
    /// <param name="declared">The roles to judge.</param>
    /// <param name="all">Every role, the declared ones as they are to become.</param>
    public static IReadOnlyList<SpecProblem> Validate(IEnumerable<RoleSpec> declared, IReadOnlyCollection<RoleSpec> all)
    {
        var byName = all.ToDictionary(role => role.Name);
        var problems = new List<SpecProblem>();
        foreach (var role in declared)
        {
            CheckNames(role, "affinity", role.Affinity, byName, problems);
            CheckNames(role, "anti-affinity", role.AntiAffinity, byName, problems);
            if (Circle(role, byName) is { } circle)
            {
                problems.Add(new($"roles.{role.Name}.affinity", $"the roles would follow each other in a circle: {string.Join(" → ", circle)}; remove one of them."));
                continue;
            }

            foreach (var torn in Followed(role, byName).Where(other => AreApart(role, byName[other])))
                problems.Add(new($"roles.{role.Name}.affinity", $"it would have to be where {torn} is, and is kept apart from it."));
        }

        return problems;
    }

    private static void CheckNames(RoleSpec role, string key, IEnumerable<Affinity> others, Dictionary<RoleName, RoleSpec> all, List<SpecProblem> problems)
    {
        foreach (var stranger in others.Select(other => other.Role).Where(other => !all.ContainsKey(other)))
            problems.Add(new($"roles.{role.Name}.{key}", NearestName.Sentence("role", stranger.Value, all.Keys.Where(name => name != role.Name).Select(name => name.Value))));
        foreach (var everywhere in others.Select(other => other.Role).Where(other => all.TryGetValue(other, out var found) && found.Mode == RoleMode.Everywhere))
            problems.Add(new($"roles.{role.Name}.{key}", $"names {everywhere}, which runs everywhere; only a role that is on one node at a time can be named."));
    }

    private static bool AreApart(RoleSpec one, RoleSpec other) =>
        one.AntiAffinity.Any(apart => apart.Required && apart.Role == other.Name) || other.AntiAffinity.Any(apart => apart.Required && apart.Role == one.Name);

    /// <summary>Every role whose node this one must go to, directly or through others.</summary>
    private static HashSet<RoleName> Followed(RoleSpec role, Dictionary<RoleName, RoleSpec> all)
    {
        HashSet<RoleName> found = [];
        var left = new Stack<RoleSpec>([role]);
        while (left.TryPop(out var next))
        {
            foreach (var other in next.Affinity.Where(other => other.Required && all.ContainsKey(other.Role) && found.Add(other.Role))) left.Push(all[other.Role]);
        }

        return found;
    }

    private static List<RoleName>? Circle(RoleSpec start, Dictionary<RoleName, RoleSpec> all)
    {
        HashSet<RoleName> done = [];
        List<RoleName> trail = [];

        bool Visit(RoleName name)
        {
            trail.Add(name);
            foreach (var other in all[name].Affinity.Where(other => other.Required && all.ContainsKey(other.Role)))
            {
                if (other.Role == start.Name || (done.Add(other.Role) && Visit(other.Role))) return true;
            }

            trail.RemoveAt(trail.Count - 1);
            return false;
        }

        return Visit(start.Name) ? [.. trail, start.Name] : null;
    }
}
