using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster token</c></summary>
internal static class TokenCommand
{
    public static Verb Create()
    {
        var lifetime = new DurationOption("--lifetime", "How long the token can be used, 1m to 7d.", TimeSpan.FromHours(1));
        return new Verb("token", "Make a token with which one node can join. It is shown once.", "holdfast cluster token", "holdfast cluster token --lifetime 10m") { lifetime }
            .Does(async (run, cancellationToken) =>
            {
                var seconds = run.Get(lifetime).TotalSeconds;
                if (seconds is < 60 or > 604_800) throw new UsageException("lifetime", $"A token cannot live for {Durations.Format(run.Get(lifetime))}.", "Choose from 1m to 7d.");

                var token = await run.Agent.TokenAsync(new TokenRequest((int)seconds), cancellationToken);
                run.Report.Result(token, NodeApiJson.Printed.TokenResponse, made =>
                {
                    run.Report.Line(made.Token);
                    run.Report.Line();
                    run.Report.Line($"One node can join with it until {Phrases.Instant(made.Expires)}. On that node:");
                    run.Report.Line($"  holdfast node join --token {made.Token} --address ITS-ADDRESS");
                });
            });
    }
}
