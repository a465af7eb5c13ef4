using System.Text.Json;
using Holdfast.Demo.Faults;
using Holdfast.Demo.Reports;
using Holdfast.Lab;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Probing;
using Spectre.Console;

namespace Holdfast.Demo;

/// <summary>The whole demo: faults on clusters, and what came of them.</summary>
internal sealed class DemoRun(DemoOptions options)
{
    // Both streams at once would mix: with --json the story goes to standard error.
    private readonly IAnsiConsole _console = CreateConsole(options.Json);
    private readonly List<FaultResult> _results = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (await LabRequirements.CheckAsync(withServices: true) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        var faults = options.Faults.Select(FaultCatalog.Get).ToList();
        foreach (var witness in new[] { false, true })
        {
            if (faults.Where(fault => fault.NeedsWitness == witness).ToList() is { Count: > 0 } now)
            {
                await RunOnOneClusterAsync(now, witness, keep: options.Keep && (witness || !faults.Any(fault => fault.NeedsWitness)), cancellationToken);
            }
        }

        if (!options.Json)
        {
            ResultTable.Print(_results, _console);
        }

        return _results.All(result => result is { AcknowledgedLost: 0, DoubleActive: 0 }) ? 0 : 1;
    }

    private static IAnsiConsole CreateConsole(bool json)
    {
        const int WidthOfAFile = 140;
        var isFile = json ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out),
            Ansi = isFile ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isFile ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (isFile)
        {
            console.Profile.Width = WidthOfAFile;
        }

        return console;
    }

    private async Task RunOnOneClusterAsync(IReadOnlyList<Fault> faults, bool witness, bool keep, CancellationToken cancellationToken)
    {
        await using var site = await DemoSite.CreateAsync(options, witness, Say);
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var fault in faults)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await RunAsync(site, fault, run);
            }
        }

        if (keep)
        {
            await KeepAsync(site, cancellationToken);
        }
    }

    private async Task RunAsync(DemoSite site, Fault fault, int run)
    {
        var (owner, isLeader) = await site.SettleAsync(fault.OnPreferred);
        await fault.Prepare(site, owner);
        _console.MarkupLine($"\n[bold]{fault.Name}[/] on {owner.Name}{(isLeader ? ", which leads etcd" : "")}: {fault.Summary}");

        var at = await fault.Strike(site, owner);
        await fault.Await(site, owner);
        await site.WaitSteadyAsync();
        var until = BootClock.Now;
        var lost = await site.Client.FindLostAsync();
        var events = await site.EventsSinceAsync(at);

        var timeline = new Timeline(at);
        timeline.Add(at, owner.Name, fault.Name);
        timeline.AddFacts(site.Observer.Facts.Where(fact => fact.From <= until && !(fact.From < at && fact.To < at)));
        foreach (var seen in events.Where(seen => IsTold(seen)))
        {
            timeline.Add(TimeSpan.FromMilliseconds(seen.GetProperty("bootMs").GetDouble()), seen.GetProperty("node").GetString()!, seen.GetProperty("message").GetString()!);
        }

        foreach (var role in DemoSite.Roles)
        {
            var outage = Outage.Longest(site.Probes(role), at, until) ?? throw new InvalidOperationException($"{role} was not seen to answer before and after {fault.Name}");
            timeline.AddOutage(role, outage);
            Report(Measure(fault, role, isLeader, run, at, outage, events) with { AcknowledgedLost = lost.Count, DoubleActive = DoubleActive(site, role, at) });
        }

        timeline.Print(_console);
        await fault.Mend(site, owner);
    }

    private static FaultResult Measure(Fault fault, string role, bool isLeader, int run, TimeSpan at, Outage outage, IReadOnlyList<JsonElement> events)
    {
        // The first decision about the role, and only one made before the service was back.
        var detected = events.Where(seen => !fault.LeavesRoles && seen.GetProperty("role").GetString() == role)
            .Select(seen => TimeSpan.FromMilliseconds(seen.GetProperty("bootMs").GetDouble()))
            .Where(instant => instant <= outage.FirstGood.EndedAt)
            .Select(instant => (TimeSpan?)instant)
            .FirstOrDefault();
        return new FaultResult
        {
            Fault = fault.Name,
            Role = role,
            EtcdLeader = isLeader,
            OutageMs = Rounded(outage.Duration),
            DetectionMs = detected is { } seen && !fault.IsWaitedFor ? Rounded(seen - at) : null,
            TakeoverMs = detected is { } begun ? Rounded(outage.FirstGood.EndedAt - begun) : null,
            AcknowledgedLost = 0,
            DoubleActive = 0,
            Run = run,
        };
    }

    private static int DoubleActive(DemoSite site, string role, TimeSpan since) => site.Observer.FindDouble(role).Count(moment => moment.To is null || moment.To > since);

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);

    private static bool IsTold(JsonElement seen) => seen.GetProperty("role").GetString() is null or "echo" or "orders";

    private void Report(FaultResult result)
    {
        _results.Add(result);
        if (options.Json)
        {
            Console.Out.WriteLine(result.ToJson());
            Console.Out.Flush();
        }
    }

    private void Say(string text) => _console.MarkupLine($"[grey]{Markup.Escape(text)}[/]");

    private async Task KeepAsync(DemoSite site, CancellationToken cancellationToken)
    {
        _console.WriteLine("\nThe cluster is up until Ctrl-C. Try, in another terminal:");
        foreach (var host in site.Cluster.Hosts.Where(host => host.IsOn))
        {
            _console.WriteLine($"  {host.Shell} holdfast cluster status      # on {host.Name}");
        }

        var first = site.Cluster.Hosts.First(host => host.IsOn);
        _console.WriteLine($"  {first.Shell} holdfast role explain orders");
        _console.WriteLine($"  {first.Shell} holdfast role move echo --to b --wait");
        _console.WriteLine($"  {site.Lab.Client.Shell} psql -h 10.77.0.102 -U postgres -c 'select count(*) from orders'");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C: the lab goes.
        }
    }
}
