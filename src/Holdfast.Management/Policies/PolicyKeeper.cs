using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Link;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Policies;

/// <summary>Gives new things the jobs that policies want for them: a volume that was mounted, a machine that joined. It never takes a job away; nobody asked for that.</summary>
internal sealed partial class PolicyKeeper(AgentLink agent, PolicyDesk policies, TimeProvider time, ILogger<PolicyKeeper> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);

    /// <summary>Keeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            foreach (var policy in policies.All)
            {
                try
                {
                    var missing = PolicyPlan.ByItself(await policies.PreviewAsync(policy, cancellationToken));
                    if (missing.IsEmpty) continue;
                    await agent.SendTextAsync("v1/apply", string.Join("\n---\n", missing.Select(job => job.Declaration)), ApiJson.Default.ApplyResponse, null, cancellationToken);
                    Log.Grown(logger, policy.Name, string.Join(", ", missing.Select(job => job.Name)));
                }
                catch (HoldfastException notNow)
                {
                    Log.NotGrown(logger, policy.Name, notNow.Message);
                }
            }
        }
    }

    private static partial class Log // Event ids 6320-6339: policies.
    {
        [LoggerMessage(6320, LogLevel.Information, "Policy {Policy} protects more: {Jobs}")]
        public static partial void Grown(ILogger logger, string policy, string jobs);

        [LoggerMessage(6321, LogLevel.Warning, "Policy {Policy} could not be looked after now: {Reason}")]
        public static partial void NotGrown(ILogger logger, string policy, string reason);
    }
}
