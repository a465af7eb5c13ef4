using System.Net;
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
    private readonly List<FaultReport> _reports = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (await LabRequirements.CheckAsync(withServices: true) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        if (options.Table is { } table) FaultTable.Require(table); // Before the time is spent.
        var shapes = options.Faults.Select(FaultCatalog.Get).GroupBy(fault => fault.Shape).OrderBy(shape => shape.Key).ToList();
        foreach (var shape in shapes)
        {
            await RunOnOneClusterAsync([.. shape], shape.Key, keep: options.Keep && shape == shapes[^1], cancellationToken);
        }

        if (!options.Json)
        {
            ResultTable.Print(_results, _console);
        }

        foreach (var failed in _reports.Where(report => report.Failure is not null))
        {
            _console.MarkupLine($"[red]{failed.Fault.Name}: {Markup.Escape(failed.Failure!)}[/]");
        }

        if (options.Table is not null) FaultTable.Write(options, _reports);
        return _reports.All(report => report.Failure is null) ? 0 : 1;
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

    private async Task RunOnOneClusterAsync(IReadOnlyList<Fault> faults, ClusterShape shape, bool keep, CancellationToken cancellationToken)
    {
        var left = new Queue<(Fault Fault, int Run)>(Enumerable.Range(1, options.Runs).SelectMany(run => faults.Select(fault => (fault, run))));
        while (left.Count > 0)
        {
            await using var site = await TryCreateAsync(shape, left);
            if (site is null) return;
            var isWhole = true;
            while (isWhole && left.TryDequeue(out var next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                isWhole = await TryRunAsync(site, next.Fault, next.Run);
            }

            if (keep && left.Count == 0)
            {
                await KeepAsync(site, cancellationToken);
            }
        }
    }

    /// <summary>Makes a cluster; when that fails, so have all faults that needed it.</summary>
    private async Task<DemoSite?> TryCreateAsync(ClusterShape shape, IEnumerable<(Fault Fault, int Run)> left)
    {
        try
        {
            return await DemoSite.CreateAsync(options, shape, Say);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or IOException)
        {
            _reports.AddRange(left.Select(next => new FaultReport { Fault = next.Fault, Failure = $"there is no cluster to make it on: {exception.Message}" }));
            return null;
        }
    }

    /// <summary>Makes one fault. Returns false when the cluster did not come back from it: the next fault needs another one.</summary>
    private async Task<bool> TryRunAsync(DemoSite site, Fault fault, int run)
    {
        try
        {
            await RunAsync(site, fault, run);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or IOException)
        {
            _console.MarkupLine($"[red]{Markup.Escape(exception.Message)}[/]");
            _reports.Add(new FaultReport { Fault = fault, Failure = exception.Message });
            return false;
        }
    }

    private async Task RunAsync(DemoSite site, Fault fault, int run)
    {
        await site.ResumeAsync();
        var (owner, isLeader) = await site.SettleAsync(fault.OnPreferred ? site.Lab.Hosts[0] : null);
        await fault.Prepare(site, owner);
        var prepared = BootClock.Now;
        _console.MarkupLine($"\n[bold]{fault.Name}[/] on {owner.Name}{(isLeader ? ", which leads etcd" : "")}: {fault.Summary}");

        var at = await fault.Strike(site, owner);
        await fault.Hold(site, owner);
        var lifted = BootClock.Now;
        if (fault.Lift is { } lift) await lift(site, owner);
        await fault.Await(site, owner);
        await site.WaitSteadyAsync();
        var until = BootClock.Now;
        var events = await site.EventsSinceAsync(at);

        var timeline = new Timeline(at);
        timeline.Add(at, owner.Name, fault.Name);
        timeline.AddFacts(site.Observer.Facts.Where(fact => fact.From <= until && !(fact.From < at && fact.To < at)));
        foreach (var seen in events.Where(seen => IsTold(seen)))
        {
            timeline.Add(TimeSpan.FromMilliseconds(seen.GetProperty("bootMs").GetDouble()), seen.GetProperty("node").GetString()!, seen.GetProperty("message").GetString()!);
        }

        List<FaultResult> measured = [];
        foreach (var role in DemoSite.Roles)
        {
            var outage = Outage.Longest(site.Probes(role), at, until) ?? throw new InvalidOperationException($"{role} was not seen to answer before and after {fault.Name}");
            timeline.AddOutage(role, outage);
            measured.Add(Measure(fault, role, isLeader, run, at, outage, events));
        }

        timeline.Print(_console);
        var mended = BootClock.Now;
        if (fault.Mend is { } mend) await mend(site, owner);
        await site.WaitRedundantAsync();
        var redundant = BootClock.Now;
        await site.WaitSteadyAsync();

        // Only now: a node that returns can take a write back, and own what another owns, too.
        var lost = await site.Client.FindLostAsync();
        List<FaultResult> results = [.. measured.Select(result => result with { AcknowledgedLost = lost.Count, DoubleActive = DoubleActive(site, result.Role, at) })];
        results.ForEach(Report);
        var observed = new Observed
        {
            Struck = at, Lifted = lifted, LeaseAndMargin = site.LeaseAndMargin,
            Facts = [.. site.Observer.Facts.Where(fact => DemoSite.Roles.Contains(fact.Role) && !(fact.To <= at) && fact.From < until)],
            Codes = (await site.EventsSinceAsync(at)).Select(told => told.GetProperty("kind").GetString()!).ToHashSet(StringComparer.Ordinal),
        };
        var acknowledged = site.Client.Commits.Count(commit => commit.IsGood && commit.EndedAt > prepared);
        var damage = options.Table is null ? null : await site.FindDamageAsync(); // Not in the demo: a role that is stopped to be examined is no part of the story.
        _reports.Add(FaultReport.Judged(fault, observed, results, acknowledged, damage, redundant - (fault.Mend is not null ? mended : fault.Lift is not null ? lifted : at)));
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
        var first = site.Cluster.Hosts.First(host => host.IsOn);
        var password = (await site.Cluster.QueryAsync(first, "console", "password")).GetProperty("oneTimePassword").GetString();
        using var door = Relay.Start(DemoSite.Console.Port, site.Lab.Client.Network, () => site.Cluster.Hosts.Where(host => host.IsOn).Select(host => new IPEndPoint(IPAddress.Parse(host.Address), DemoSite.Console.Port)).Prepend(DemoSite.Console));
        _console.WriteLine($"\nThe console is at https://{door.Address} (the certificate is the cluster's own). Sign in as admin with {password}, which serves once.");
        _console.WriteLine("\nThe cluster is up until Ctrl-C. Try, in another terminal:");
        foreach (var host in site.Cluster.Hosts.Where(host => host.IsOn))
        {
            _console.WriteLine($"  {host.Shell} holdfast cluster status      # on {host.Name}");
        }

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
