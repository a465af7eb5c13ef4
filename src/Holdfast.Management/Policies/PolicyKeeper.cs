using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Policies;

/// <summary>Gives new things the jobs that policies want for them: a volume that was mounted, a machine that joined. It never takes a job away; nobody asked for that.</summary>
internal sealed partial class PolicyKeeper(PolicyDesk policies, TimeProvider time, ILogger<PolicyKeeper> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);

    /// <summary>Keeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            if (policies.All is not { IsEmpty: false } all) continue;
            try
            {
                var roles = await policies.RolesAsync(cancellationToken);
                foreach (var policy in all) await TryGrowAsync(policy, roles, cancellationToken);
            }
            catch (HoldfastException notNow)
            {
                Log.NotLooked(logger, notNow.Message);
            }
        }
    }

    private async Task TryGrowAsync(Policy policy, IReadOnlyList<RoleSpec> roles, CancellationToken cancellationToken)
    {
        try
        {
            if (await policies.GrowAsync(policy, roles, cancellationToken) is { IsEmpty: false } jobs) Log.Grown(logger, policy.Name, string.Join(", ", jobs));
        }
        catch (HoldfastException notNow)
        {
            Log.NotGrown(logger, policy.Name, notNow.Message); // The others are looked after all the same.
        }
    }

    private static partial class Log // Event ids 6320-6339: policies.
    {
        [LoggerMessage(6320, LogLevel.Information, "Policy {Policy} protects more: {Jobs}")]
        public static partial void Grown(ILogger logger, string policy, string jobs);

        [LoggerMessage(6321, LogLevel.Warning, "Policy {Policy} could not be looked after now: {Reason}")]
        public static partial void NotGrown(ILogger logger, string policy, string reason);

        [LoggerMessage(6322, LogLevel.Warning, "Policies could not be looked after now: {Reason}")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
