using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Answers;

/// <summary>The doctor finds what is wrong, on the node where it is wrong. How fast this machine is, is not asserted.</summary>
public sealed class DoctorTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task Every_node_looks_at_everything_and_at_its_way_to_every_other()
    {
        var findings = await FindingsAsync();

        foreach (var node in new[] { "a", "b", "c" })
        {
            var own = findings.Where(finding => finding.Text("node") == node).ToList();
            Assert.Equal(["certificates", "clocks", "disk", "mtu", "names", "network", "store", "timing", "versions"], own.Select(finding => finding.Text("check")).Distinct().Order());
            foreach (var check in new[] { "network", "mtu", "clocks", "versions" }) Assert.Equal(2, own.Count(finding => finding.Text("check") == check));
            Assert.All(own.Where(finding => finding.Text("check") is "mtu" or "clocks" or "versions" or "certificates"), finding => Assert.True(finding.Text("level") == "ok", finding.ToString()));
        }
    }

    [ClusterFact]
    public async Task A_network_that_loses_large_packets_is_found_from_both_ends()
    {
        await lab["c"].ShellAsync("ip link set eth0 mtu 1400");
        try
        {
            var problems = (await FindingsAsync()).Where(finding => finding.Text("check") == "mtu" && finding.Text("level") == "problem").ToList();

            Assert.Equal(["a", "b"], problems.Select(finding => finding.Text("node")).Order());
            Assert.All(problems, finding => Assert.Contains("1500 bytes", finding.Text("what"), StringComparison.Ordinal));
        }
        finally
        {
            await lab["c"].ShellAsync("ip link set eth0 mtu 1500");
        }
    }

    [ClusterFact]
    public async Task A_node_that_is_down_is_a_problem_with_an_exit_code_and_what_to_do()
    {
        await lab["c"].PowerOffAsync();

        var ran = await Cluster.TryCommandAsync(lab["a"], "doctor");

        Assert.True(ran.ExitCode == 4, ran.Output);
        Assert.Matches("a +network +problem +c cannot be reached", ran.Output);
        Assert.Contains("TCP 2380", string.Join(' ', ran.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<JsonElement>> FindingsAsync()
    {
        var ran = await Cluster.TryCommandAsync(lab["a"], "doctor", "--json");
        Assert.True(ran.ExitCode is 0 or 4, ran.Output);
        return [.. JsonDocument.Parse(ran.Output).RootElement.Clone().GetProperty("findings").EnumerateArray()];
    }
}
