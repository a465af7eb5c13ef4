using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>A job, its worker under the leash, and what takes both away.</summary>
[Collection(JobCluster.Name)]
public sealed class JobTests(ThreeNodes lab) : IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_job_whose_node_loses_power_goes_on_from_its_checkpoint_on_another_and_its_history_has_one_row()
    {
        var (a, b) = (lab["a"], lab["b"]);
        await ApplyAsync(b, "counting", 60, "placement: { preferred: [a] }");
        await lab.OnlineAsync("counting", a, asked: b);
        await Cluster.CommandAsync(b, "job", "run", "counting");
        await lab.UntilAsync(async () => (await CheckpointAsync(b, "counting")) >= 10, "the job has come to 10");

        await a.PowerOffAsync();

        await lab.UntilAsync(async () => await LastAsync(b, "counting") is { } last && last.Text("state") == "completed", "the run is completed");
        var run = Assert.Single((await Cluster.QueryAsync(b, "job", "history", "counting")).EnumerateArray().ToList());
        Assert.Equal(("completed", 2L, 1L), (run.Text("state"), run.Number("attempts"), run.Number("resumed")));
        Assert.NotEqual("a", run.Text("node"));
        // Each number once, but for those between the last checkpoint that was recorded and the end of the first worker.
        var counted = Counted("counting");
        var (before, after) = (counted.Where(count => count.Node == "a").Select(count => count.Number).ToList(), counted.Where(count => count.Node != "a").Select(count => count.Number).ToList());
        Assert.Equal(Enumerable.Range(1, before.Count), before);
        Assert.Equal(Enumerable.Range(after[0], 60 - after[0] + 1), after);
        Assert.InRange(after[0], 11, before.Count + 1);
    }

    [ClusterFact]
    public async Task A_job_does_not_notice_that_the_agent_of_its_node_is_killed_and_can_be_paused_and_moved()
    {
        var a = lab["a"];
        await ApplyAsync(a, "steady", 100, "");
        var owner = await lab.OnlineAsync("steady");
        await Cluster.CommandAsync(a, "job", "run", "steady");
        await lab.UntilAsync(async () => (await CheckpointAsync(a, "steady")) >= 5, "the job has come to 5");

        await owner.ShellAsync("kill -9 $(cat /run/holdfast/agent.pid)");
        var at = Counted("steady").Count;
        await lab.UntilAsync(async () => (await CheckpointAsync(lab.Cluster.Hosts.First(host => host != owner), "steady")) > at + 5, "the next agent goes on with the worker");
        await Cluster.CommandAsync(a, "job", "pause", "steady", "--reason", "lunch");
        await lab.UntilAsync(async () => (await JobAsync(a, "steady")).Text("state") == "paused", "the job is paused");
        await Cluster.CommandAsync(a, "role", "move", "steady", "--wait");
        await Cluster.CommandAsync(a, "job", "resume", "steady");

        await lab.UntilAsync(async () => await LastAsync(a, "steady") is { } last && last.Text("state") == "completed", "the run is completed");
        var run = Assert.Single((await Cluster.QueryAsync(a, "job", "history", "steady")).EnumerateArray().ToList());
        Assert.Equal((2L, 1L, 0L), (run.Number("attempts"), run.Number("resumed"), run.Number("retried")));
        Assert.Equal(Enumerable.Range(1, 100), Counted("steady").Select(count => count.Number).Distinct());
    }

    [ClusterFact]
    public async Task On_a_node_that_is_set_to_one_job_a_second_run_waits_and_says_why_and_starts_as_soon_as_two_may()
    {
        var (a, b) = (lab["a"], lab["b"]);
        await Cluster.CommandAsync(b, "node", "set", "a", "jobs=1", "description=rack 4");
        try
        {
            foreach (var job in (string[])["first", "second"])
            {
                await ApplyAsync(b, job, 600, "placement: { required: [a] }");
                await lab.OnlineAsync(job, a, asked: b);
            }

            await Cluster.CommandAsync(b, "job", "run", "first");
            await lab.UntilAsync(async () => (await CheckpointAsync(b, "first")) >= 1, "the first job is at work");
            await Cluster.CommandAsync(b, "job", "run", "second");
            await lab.UntilAsync(async () => (await JobAsync(b, "second")).GetProperty("present") is { ValueKind: JsonValueKind.Object }, "the second run is in the ledger");

            var waiting = await JobAsync(b, "second");
            Assert.Equal(("waiting", "it waits to start: first is at work on a, whose settings let 1 job run at once"), (waiting.Text("state"), waiting.Text("reason")));
            Assert.Equal("rack 4", (await Cluster.NodeAsync(b, "a")).Text("description"));
            await Cluster.RefusedAsync(b, 2, "node.settings-invalid", "node", "set", "a", "jobs=0", "description=half");
            Assert.Equal("rack 4", (await Cluster.NodeAsync(b, "a")).Text("description"));
            Assert.Empty(Counted("second"));

            await Cluster.CommandAsync(b, "node", "set", "a", "jobs=2");

            await lab.UntilAsync(async () => (await CheckpointAsync(b, "second")) >= 1, "the second job is at work");
            Assert.Equal("running", (await JobAsync(b, "first")).Text("state"));
            Assert.Equal(1L, (await JobAsync(b, "first")).GetProperty("present").Number("attempts")); // Nobody restarted anything for it.
        }
        finally
        {
            await Cluster.CommandAsync(b, "node", "set", "a", "jobs=none", "description=none");
        }
    }

    private Task ApplyAsync(LabHost host, string name, int last, string more) => Cluster.ApplyAsync(host, $$"""
        kind: Job
        name: {{name}}
        run: command
        command: [/opt/services/count.sh, /opt/beats/{{name}}, "{{last}}"]
        {{more}}
        """);

    private async Task<JsonElement> JobAsync(LabHost asked, string name) => (await Cluster.QueryAsync(asked, "job", "show", name)).GetProperty("job");

    private async Task<JsonElement?> LastAsync(LabHost asked, string name) => (await JobAsync(asked, name)).GetProperty("last") is { ValueKind: JsonValueKind.Object } last ? last : null;

    private async Task<int> CheckpointAsync(LabHost asked, string name) =>
        (await Cluster.TryQueryAsync(asked, "job", "show", name))?.Text("checkpoint").Trim('"') is { Length: > 0 } number ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 0;

    private List<(string Node, int Number)> Counted(string name) => [.. lab.Lines(name).Select(line => line.Split(' ')).Select(words => (words[0], int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)))];
}
