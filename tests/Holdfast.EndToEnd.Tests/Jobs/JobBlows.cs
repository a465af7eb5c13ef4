using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit.Abstractions;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>Two jobs that are due every few seconds, a program with a side effect and a backup, and blows at their owners: just before a run is due, as it begins, and while it works.</summary>
internal sealed class JobBlows(ThreeNodes lab, Random choices, ITestOutputHelper output)
{
    private const string Vault = "--vault /opt/beats/vault --password-file /opt/beats/key";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private LabCluster Cluster => lab.Cluster;

    /// <summary>Gets what the program's ledger said.</summary>
    public JobRows Effects { get; } = new("effect", Every);

    /// <summary>Gets what the backup's ledger said.</summary>
    public JobRows Snapshots { get; } = new("saved", Every);

    /// <summary>Declares the jobs, and waits until both have run.</summary>
    public async Task PrepareAsync()
    {
        await Cluster.Hosts[0].ShellAsync($"rm -rf /opt/beats/vault /opt/beats/saved; mkdir /opt/beats/saved; echo kept >/opt/beats/saved/file; echo secret >/opt/beats/key; holdfast vault init {Vault}");
        await DeclareAsync($"every {Every.TotalSeconds:0}s");
        await lab.UntilAsync(async () => await LookAsync() && Effects.Completed > 0 && Snapshots.Completed > 0, "both jobs have run");
    }

    /// <summary>Strikes the owner of one of the jobs, and puts everything right again.</summary>
    public async Task StrikeAsync(int number)
    {
        var (blow, moment) = ((Blow)(number % 5), number % 3);
        var job = moment == 2 || choices.Next(2) == 0 ? "effect" : "saved";
        await lab.UntilAsync(LookAsync, "the ledgers can be read");
        var owner = await lab.OnlineAsync(job);
        var rows = job == "effect" ? Effects : Snapshots;
        if (moment == 2)
        {
            var before = lab.Lines("effect.attempts").Count;
            await lab.UntilAsync(() => lab.Lines("effect.attempts").Count > before, "a run is at work");
            if (HostOf(lab.Lines("effect.attempts")[^1]) is { IsOn: true } worker) owner = worker;
        }
        else
        {
            var next = rows.NextDue;
            while (next < TimeProvider.System.GetUtcNow()) next += Every;
            var at = next + TimeSpan.FromMilliseconds(moment == 0 ? -choices.Next(500) : choices.Next(500));
            await lab.UntilAsync(() => TimeProvider.System.GetUtcNow() >= at, "a run is due");
        }

        output.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {number}: {blow} on {owner.Name}, {(moment == 0 ? "before a run of " : moment == 1 ? "at the begin of a run of " : "in a run of ")}{job}");
        await StrikeAsync(owner, blow);
        await lab.AllUpAsync();
        await lab.UntilAsync(LookAsync, "the ledgers can be read");
    }

    /// <summary>Lets nothing become due any more, and what is at work end.</summary>
    public async Task EndAsync()
    {
        await DeclareAsync("on-demand");
        await lab.UntilAsync(async () => await LookAsync() && Effects.IsAtRest && Snapshots.IsAtRest, "every run is over");
    }

    /// <summary>The ids of the snapshots that the vault has.</summary>
    public async Task<IReadOnlyList<string>> SnapshotsAsync()
    {
        using var listed = JsonDocument.Parse(await Cluster.Hosts[0].ShellAsync($"holdfast snapshots {Vault} --json"));
        return [.. listed.RootElement.EnumerateArray().Select(snapshot => snapshot.Text("id"))];
    }

    private async Task StrikeAsync(LabHost owner, Blow blow)
    {
        switch (blow)
        {
            case Blow.PowerOff:
                await owner.PowerOffAsync();
                await owner.PowerOnAsync();
                break;
            case Blow.KillAgent or Blow.KillLeash:
                if (owner.Find(blow == Blow.KillAgent ? ProductProcess.Agent : ProductProcess.Leash) is [var process, ..]) owner.Send(process, Signal.Kill);
                break;
            case Blow.PullCable:
                await owner.PullCableAsync();
                await PassAsync(500, 4000);
                await owner.HealAsync();
                break;
            case Blow.StopAgent:
                if (owner.Find(ProductProcess.Agent) is not [var stopped, ..]) break;
                owner.Send(stopped, Signal.Stop);
                await PassAsync(200, 3000);
                if (owner.Find(_ => true).Contains(stopped)) owner.Send(stopped, Signal.Continue);
                break;
        }
    }

    private async Task PassAsync(int least, int most)
    {
        var until = BootClock.Now + TimeSpan.FromMilliseconds(choices.Next(least, most));
        await lab.UntilAsync(() => BootClock.Now >= until, "a moment has passed");
    }

    private LabHost? HostOf(string attempt) => Cluster.Hosts.FirstOrDefault(host => host.Name == attempt.Split(' ')[2]);

    private async Task<bool> LookAsync()
    {
        foreach (var (job, rows) in ((string, JobRows)[])[("effect", Effects), ("saved", Snapshots)])
        {
            if (await AskAsync(job) is not { } ledger) return false;
            rows.Saw(ledger.EnumerateArray());
        }

        return true;
    }

    private async Task<JsonElement?> AskAsync(string job)
    {
        foreach (var host in Cluster.Hosts.Where(host => host.IsOn))
        {
            if (await Cluster.TryQueryAsync(host, "job", "history", job) is { } answer) return answer;
        }

        return null;
    }

    private Task DeclareAsync(string schedule) => Cluster.ApplyAsync(Cluster.Hosts[0], $$"""
        { kind: Job, name: effect, run: command, command: [/opt/services/effect.sh, /opt/beats/effect], schedule: {{schedule}}, late: 5m, retries: { transient: 50, back-off: 1s } }
        ---
        { kind: Job, name: saved, run: backup, user: root, vault: /opt/beats/vault, password-file: /opt/beats/key, paths: [/opt/beats/saved], schedule: {{schedule}}, late: 5m, retries: { transient: 50, back-off: 1s } }
        """);
}
