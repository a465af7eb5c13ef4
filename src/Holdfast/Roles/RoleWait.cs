using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Cli.Clusters;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Roles;

/// <summary>Waits until roles are as they should be, and says on the way what they are doing.</summary>
internal static class RoleWait
{
    /// <param name="before">The epoch at which a failure is old news; a failure at a later one ends the wait.</param>
    /// <exception cref="WaitTimeoutException">It took longer than <paramref name="limit"/>.</exception>
    /// <exception cref="HoldfastException">Code <c>role.failed</c>: it will not happen by itself.</exception>
    public static async Task UntilAsync(Invocation run, IReadOnlyCollection<string> roles, string title, TimeSpan limit, Func<RoleSummary?, bool> reached, Epoch? before, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, run.Surroundings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        var last = roles.ToDictionary(role => role, _ => "no news of it");
        try
        {
            await ProgressView.RunAsync(run.Report, title, async say =>
            {
                await foreach (var status in StatusStream.FollowAsync(run, either.Token))
                {
                    var left = 0;
                    foreach (var name in roles)
                    {
                        var role = status.Roles.FirstOrDefault(r => r.Name == name);
                        var sentence = role is null ? $"role {name} does not exist" : StatusChanges.RoleSentence(role);
                        if (last[name] != sentence) say(last[name] = sentence);
                        if (reached(role)) continue;
                        if (role is { Phase: PlacementPhase.Failed } && Epoch.Parse(role.Epoch) != before) throw Failed(role);
                        left++;
                    }
                    if (left == 0) return;
                }
            });
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var stuck = roles.First();
            throw new WaitTimeoutException($"After {Durations.Format(limit)}: {string.Join("; ", last.Values)}.", $"It goes on in the cluster; see 'holdfast role explain {stuck}'.");
        }
    }

    private static HoldfastException Failed(RoleSummary role) =>
        new(ErrorKind.Conflict, "role.failed", $"Role '{role.Name}' failed{(role.Owner is null ? "" : $" on {role.Owner}")}: {role.Reason.TrimEnd('.')}.", $"See 'holdfast role explain {role.Name}'; start it again with 'holdfast role start {role.Name}'.");
}
