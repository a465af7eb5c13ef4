using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Leases;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster profile NAME</c></summary>
internal static class ProfileCommand
{
    public static Verb Create()
    {
        var name = new Argument<string>("PROFILE") { Description = $"The timing: {string.Join(", ", TimingProfile.All.Select(profile => profile.Name))}." };
        return new Verb("profile", "Change the cluster's timing while it runs: leases and members of etcd, one node after the other. Refused when a node measures that it could not keep it. Run it again to go on after an interruption.",
            "holdfast cluster profile lan") { name }
            .Does((run, cancellationToken) => ProgressView.FollowAsync(run.Report, "Changing the timing…", run.Agent.UseProfileAsync(run.Get(name), cancellationToken), cancellationToken));
    }
}
