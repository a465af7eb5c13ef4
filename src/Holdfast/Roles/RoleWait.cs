using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Cli.Clusters;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Roles;

/// <summary>Waits until roles are as they should be, and says on the way what they are doing. It ends early when they will not be so by themselves.</summary>
internal static class RoleWait
{
    // A node that takes its lease, or renews it late, passes for none: only what stays blocked is.
    private static readonly TimeSpan BlockedLimit = TimeSpan.FromSeconds(5);

    /// <param name="before">The epoch at which a failure is old news; a failure at a later one ends the wait.</param>
    /// <param name="missed">What became of the role instead of what was asked for; null while it may still come.</param>
    /// <exception cref="WaitTimeoutException">It took longer than <paramref name="limit"/>.</exception>
    /// <exception cref="HoldfastException">Codes <c>role.failed</c>, <c>role.blocked</c>, <c>role.not-found</c>, or what <paramref name="missed"/> returns: it will not happen by itself.</exception>
    public static async Task UntilAsync(
        Invocation run, IReadOnlyCollection<string> roles, string title, TimeSpan limit, Func<RoleSummary?, bool> reached, Epoch? before, CancellationToken cancellationToken,
        Func<RoleSummary, HoldfastException?>? missed = null)
    {
        using var over = new CancellationTokenSource(limit, run.Surroundings.Time);
        using var stuck = new CancellationTokenSource(Timeout.InfiniteTimeSpan, run.Surroundings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stuck.Token, cancellationToken);
        var last = roles.ToDictionary(role => role, _ => "no news of it");
        RoleSummary? blocked = null;
        HashSet<string> seen = [];
        try
        {
            await ProgressView.RunAsync(run.Report, title, async say =>
            {
                await foreach (var status in StatusStream.FollowAsync(run, either.Token))
                {
                    var left = 0;
                    RoleSummary? waits = null;
                    foreach (var name in roles)
                    {
                        var role = status.Roles.FirstOrDefault(r => r.Name == name);
                        var sentence = role is null ? $"role {name} does not exist" : StatusChanges.RoleSentence(role);
                        if (last[name] != sentence) say(last[name] = sentence);
                        if (reached(role)) continue;
                        if (role is null && seen.Contains(name)) throw Gone(name);
                        if (role is { Phase: PlacementPhase.Failed } && Epoch.Parse(role.Epoch) != before) throw Failed(role);
                        if (role is not null && missed?.Invoke(role) is { } instead) throw instead;
                        if (role is not null) seen.Add(name);
                        if (role is { Blocked: true }) waits ??= role;
                        left++;
                    }
                    if (left == 0) return;
                    if (waits is null != blocked is null) stuck.CancelAfter(waits is null ? Timeout.InfiniteTimeSpan : BlockedLimit);
                    blocked = waits;
                }
            });
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new WaitTimeoutException($"After {Durations.Format(limit)}: {string.Join("; ", last.Values)}.", $"It goes on in the cluster; see 'holdfast role explain {roles.First()}'.");
        }
        catch (OperationCanceledException) when (stuck.IsCancellationRequested && !cancellationToken.IsCancellationRequested && blocked is not null)
        {
            throw Blocked(blocked);
        }
    }

    /// <summary>Somebody has asked for the opposite meanwhile; null while nobody has.</summary>
    public static HoldfastException? Overruled(RoleSummary role, DesiredState wanted) => role.Desired == wanted ? null
        : new(ErrorKind.Conflict, "role.overruled", $"Role '{role.Name}' is wanted {Phrases.Word(role.Desired)} now: somebody asked for it meanwhile.", $"See 'holdfast events --role {role.Name}'.");

    private static HoldfastException Gone(string name) =>
        new(ErrorKind.NotFound, "role.not-found", $"Role '{name}' was deleted meanwhile.", "See 'holdfast role list'.");

    private static HoldfastException Blocked(RoleSummary role) =>
        new(ErrorKind.Conflict, "role.blocked", $"Role '{role.Name}' is blocked: {role.Reason.TrimEnd('.')}.", $"It goes on once that has changed; see 'holdfast role explain {role.Name}'.");

    private static HoldfastException Failed(RoleSummary role) =>
        new(ErrorKind.Conflict, "role.failed", $"Role '{role.Name}' failed{(role.Owner is null ? "" : $" on {role.Owner}")}: {role.Reason.TrimEnd('.')}.", $"See 'holdfast role explain {role.Name}'; start it again with 'holdfast role start {role.Name}'.");
}
