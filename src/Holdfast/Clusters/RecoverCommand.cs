using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster recover</c>: the majority of the voters is gone for good.</summary>
internal static class RecoverCommand
{
    public static Verb Create()
    {
        var yes = Confirmation.Option();
        return new Verb("recover", "Go on from this voter's copy of the store when most voters are gone for good. What they alone knew is lost.",
            "holdfast cluster recover", "holdfast cluster recover --yes") { yes }
            .Does(async (run, cancellationToken) =>
            {
                Confirmation.Ask(run, yes, "Every other voter is put out of the cluster and must stay off until its state folder is cleared: two of them together could go on with the old store. Are they off?");
                await ProgressView.FollowAsync(run.Report, "Recovering…", run.Agent.RecoverAsync(cancellationToken), cancellationToken);
            });
    }
}
