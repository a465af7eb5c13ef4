using System.Runtime.CompilerServices;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cluster;

namespace Holdfast.Cli.Upgrades;

/// <summary>Follows an operation that restarts the very agent it is asked of: when that is announced, it is waited for and asked again.</summary>
internal static class RestartPatience
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>The lines of the whole operation.</summary>
    /// <exception cref="HoldfastException">Code <c>upgrade.not-back</c>, or what ended the operation.</exception>
    public static async IAsyncEnumerable<ProgressLine> FollowAsync(NodeApiClient agent, Func<IAsyncEnumerable<ProgressLine>> ask, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var again = true;
        while (again)
        {
            again = false;
            await foreach (var line in ask().WithCancellation(cancellationToken))
            {
                again = line.Again;
                if (!again) yield return line;
            }

            if (again) await WaitForAnotherAsync(agent, time, cancellationToken);
        }
    }

    private static async Task WaitForAnotherAsync(NodeApiClient agent, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var gone = false;
        while (true)
        {
            string why;
            try
            {
                var answer = await agent.AgentAsync(cancellationToken);
                if (gone && answer.State == "member") return;
                why = answer.Reason;
            }
            catch (HoldfastException exception) when (exception.Kind == ErrorKind.Unavailable)
            {
                (gone, why) = (true, exception.Message);
            }

            if (time.GetElapsedTime(begun) > Limit)
                throw new HoldfastException(ErrorKind.Unavailable, "upgrade.not-back", $"This node did not come back as a member: {why}", "See 'journalctl -u holdfast'; when it is well, run the command again.");
            await Task.Delay(Look, time, cancellationToken);
        }
    }
}
