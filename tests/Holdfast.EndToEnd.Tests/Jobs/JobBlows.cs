using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit.Abstractions;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>Three jobs that are due one after the other every few seconds, two programs with side effects and a backup, and blows at their owners: just before a run is due, as it begins, and while it works.</summary>
internal sealed class JobBlows(ThreeNodes lab, Random choices, ITestOutputHelper output)
{
    private const string Vault = "--vault /opt/beats/vault --password-file /opt/beats/key";
    private const string Backup = "saved";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10); // The least that a schedule may be.

    private LabCluster Cluster => lab.Cluster;

    /// <summary>Gets what the programs' ledgers said.</summary>
    public IReadOnlyList<JobRows> Effects { get; } = [new("first", Every), new("second", Every)];

    /// <summary>Gets what the backup's ledger said.</summary>
    public JobRows Snapshots { get; } = new(Backup, Every);

    private IEnumerable<JobRows> All => [.. Effects, Snapshots];

    /// <summary>Declares the jobs, and waits until all have run.</summary>
    public async Task PrepareAsync()
    {
        await Cluster.Hosts[0].ShellAsync($"rm -rf /opt/beats/vault /opt/beats/saved; mkdir /opt/beats/saved; echo kept >/opt/beats/saved/file; echo secret >/opt/beats/key; holdfast vault init {Vault}");
        // A job is due from when it was declared on: so they take turns.
        foreach (var rows in All)
        {
            await DeclareAsync(rows.Job, $"every {Every.TotalSeconds:0}s");
            await PassAsync(Every / 3);
        }

        await lab.UntilAsync(async () => await LookAsync() && All.All(rows => rows.Completed > 0), "every job has run");
    }

    /// <summary>Strikes the owner of one of the jobs, and puts everything right again.</summary>
    public async Task StrikeAsync(int number)
    {
        var (blow, moment) = ((Blow)(number % 5), number % 3);
        await lab.UntilAsync(LookAsync, "the ledgers can be read");
        // The next one that there is time to prepare for; of the backup nobody sees from outside when it is at work.
        var (rows, due) = All.Where(rows => moment != 2 || rows != Snapshots).Select(rows => (rows, Due: NextDue(rows))).MinBy(item => item.Due);
        var owner = await lab.OnlineAsync(rows.Job);
        if (moment == 2)
        {
            var before = lab.Lines(rows.Job + ".attempts").Count;
            await lab.UntilAsync(() => lab.Lines(rows.Job + ".attempts").Count > before, "a run is at work");
            if (HostOf(lab.Lines(rows.Job + ".attempts")[^1]) is { IsOn: true } worker) owner = worker;
        }
        else
        {
            var at = due + TimeSpan.FromMilliseconds(moment == 0 ? -choices.Next(500) : choices.Next(500));
            await lab.UntilAsync(() => TimeProvider.System.GetUtcNow() >= at, "a run is due");
        }

        output.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {number}: {blow} on {owner.Name}, {(moment == 0 ? "before a run of " : moment == 1 ? "at the begin of a run of " : "in a run of ")}{rows.Job}");
        await StrikeAsync(owner, blow);
        await lab.AllUpAsync();
        await lab.UntilAsync(LookAsync, "the ledgers can be read");
    }

    /// <summary>Lets nothing become due any more, and what is at work end.</summary>
    public async Task EndAsync()
    {
        foreach (var rows in All) await DeclareAsync(rows.Job, "on-demand");
        await lab.UntilAsync(async () => await LookAsync() && All.All(rows => rows.IsAtRest), "every run is over");
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
                await PassAsync(TimeSpan.FromMilliseconds(choices.Next(500, 4000)));
                await owner.HealAsync();
                break;
            case Blow.StopAgent:
                if (owner.Find(ProductProcess.Agent) is not [var stopped, ..]) break;
                owner.Send(stopped, Signal.Stop);
                await PassAsync(TimeSpan.FromMilliseconds(choices.Next(200, 3000)));
                if (owner.Find(_ => true).Contains(stopped)) owner.Send(stopped, Signal.Continue);
                break;
        }
    }

    private static DateTimeOffset NextDue(JobRows rows)
    {
        var (next, soon) = (rows.NextDue, TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1));
        while (next < soon) next += Every;
        return next;
    }

    private async Task PassAsync(TimeSpan time)
    {
        var until = BootClock.Now + time;
        await lab.UntilAsync(() => BootClock.Now >= until, "a moment has passed");
    }

    private LabHost? HostOf(string attempt) => Cluster.Hosts.FirstOrDefault(host => host.Name == attempt.Split(' ')[2]);

    private async Task<bool> LookAsync()
    {
        foreach (var rows in All)
        {
            if (await AskAsync(rows.Job) is not { } ledger) return false;
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

    private Task DeclareAsync(string job, string schedule) => Cluster.ApplyAsync(Cluster.Hosts[0], $$"""
        kind: Job
        name: {{job}}
        {{(job == Backup ? "run: backup\nuser: root\nvault: /opt/beats/vault\npassword-file: /opt/beats/key\npaths: [/opt/beats/saved]" : $"run: command\ncommand: [/opt/services/effect.sh, /opt/beats/{job}]")}}
        schedule: {{schedule}}
        late: 5m
        retries: { transient: 50, back-off: 1s }
        """);
}
