using System.Diagnostics;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Rehearsals;

/// <summary>
/// The rehearsal itself, inside its isolation: starts the resources in the order of their dependencies, those that do not depend on each other
/// together, as the role runner does, and asks their probes. Nothing is stopped: all of it ends with the unit.
/// </summary>
internal sealed class RehearsalRun(RehearsalScript script) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);
    private readonly ProbeRunner _probes = new(TimeProvider.System);
    private readonly Dictionary<ResourceName, Task<RehearsedResource>> _resources = [];

    /// <summary>Rehearses what <see cref="RehearsalScript.Variable"/> holds.</summary>
    /// <returns>The outcome, as JSON in one line.</returns>
    public static async Task<string> OfEnvironmentAsync(string? script, CancellationToken cancellationToken)
    {
        if (script is null) throw new HoldfastException(ErrorKind.Invalid, "rehearsal.no-script", "There is nothing to rehearse.", "The agent starts this; use 'holdfast rehearse ROLE'.");
        using var run = new RehearsalRun(JsonSerializer.Deserialize(script, RehearsalJson.Default.RehearsalScript)!);
        return JsonSerializer.Serialize(await run.RunAsync(cancellationToken), RehearsalJson.Default.RehearsalOutcome);
    }

    /// <inheritdoc/>
    public void Dispose() => _probes.Dispose();

    private async Task<RehearsalOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var left = script.Role.Resources.ToList();
        while (left.FirstOrDefault(resource => resource.DependsOn.All(_resources.ContainsKey)) is { } next)
        {
            _resources[next.Name] = PlayAsync(next, [.. next.DependsOn.Select(name => _resources[name])], cancellationToken);
            left.Remove(next);
        }

        var done = await Task.WhenAll(script.Role.Resources.Where(resource => _resources.ContainsKey(resource.Name)).Select(resource => _resources[resource.Name]));
        return new RehearsalOutcome(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, done);
    }

    private async Task<RehearsedResource> PlayAsync(ResourceSpec resource, Task<RehearsedResource>[] before, CancellationToken cancellationToken)
    {
        foreach (var dependency in before)
        {
            if (await dependency is { Outcome: not "online" } missing) return Told(resource, "skipped", $"It needs {missing.Name}, which was {(missing.Outcome == "failed" ? "not online" : "skipped")}.");
        }

        if (resource.Desired == DesiredState.Offline) return Told(resource, "skipped", "It is wanted offline.");
        if (WhyNot(resource) is { } why) return Told(resource, "skipped", why);
        var begun = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(resource.StartTimeout);
        var problem = "";
        try
        {
            var (started, said) = await StartAsync(resource, limit.Token);
            foreach (var probe in resource.Probes)
            {
                while (await AskAsync(resource, probe, limit.Token) is { } complaint)
                {
                    problem = $" ({complaint})";
                    if (started is { Process.HasExited: true }) return Ended(resource, started);
                    await Task.Delay(Pause, TimeProvider.System, limit.Token);
                }
            }

            return started is { Process.HasExited: true } ? Ended(resource, started)
                : Told(resource, "online", said) with { TookMs = Stopwatch.GetElapsedTime(begun).TotalMilliseconds };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Told(resource, "failed", $"It was not online within {Durations.Format(resource.StartTimeout)}{problem}.");
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            return Told(resource, "failed", exception.Message);
        }
    }

    /// <summary>Why a resource is left out: what cannot be kept inside, or cannot be had without the owner.</summary>
    private string? WhyNot(ResourceSpec resource) => resource.Type switch
    {
        "ip-address" => null,
        "process" or "script" when RunAs.Of(resource, new NodeName(script.Node)).User is var user && Account.Find(user) is not { IsRoot: false } =>
            $"It runs as {user}, which could reach out of the isolation, or is no account here.",
        "process" or "script" => null,
        "disk" when script.Disks.GetValueOrDefault(resource.Name.Value) is null => "Its owner is using it, or it is not reachable here: there is no copy of one moment. Stop the role to rehearse with it.",
        "disk" => null,
        var type => $"Resources of type {type} cannot be rehearsed.",
    };

    private async Task<(OutputOf? Started, string Said)> StartAsync(ResourceSpec resource, CancellationToken cancellationToken)
    {
        switch (resource.Type)
        {
            case "ip-address":
                await RequireAsync(["ip", "addr", "add", resource.RequiredText("address"), "dev", "lo"], cancellationToken);
                return (null, "It was put on the loopback interface, where nobody else hears it.");
            case "disk":
                return (null, await CopyOnWriteAsync(script.Disks[resource.Name.Value]!, resource.RequiredText("target"), cancellationToken));
            case "script":
                var ran = await RunAsync(resource, [.. resource.List("online")], cancellationToken);
                return ran.ExitCode == 0 ? (null, "") : throw new InvalidOperationException($"The online command exited with {ran.ExitCode}: {ran.Last}");
            default:
                return (Launch(resource, [.. resource.List("command")]), "");
        }
    }

    /// <summary>The disk's files, as they are; what is written goes to memory, and to the disk nothing, not even a replay of its journal.</summary>
    private static async Task<string> CopyOnWriteAsync(string device, string target, CancellationToken cancellationToken)
    {
        if (ExtJournal.NeedsReplay(device) is not false) throw new InvalidOperationException($"{device} holds no ext file system, or was not unmounted: without a replay of its journal, which would write to it, it cannot be read as it is.");
        var copy = $"/run/copy{target.Replace('/', '-')}";
        foreach (var folder in new[] { "disk", "up", "work" }) Directory.CreateDirectory(Path.Combine(copy, folder));
        Directory.CreateDirectory(target);
        await RequireAsync(["mount", "-o", "ro,noload", device, $"{copy}/disk"], cancellationToken);
        await RequireAsync(["mount", "-t", "overlay", "rehearsal", "-o", $"lowerdir={copy}/disk,upperdir={copy}/up,workdir={copy}/work", target], cancellationToken);
        // The top folder of the copy is new; programs care whose it is.
        await RequireAsync(["sh", "-c", "chown --reference=\"$1\" \"$2\" && chmod --reference=\"$1\" \"$2\"", "sh", $"{copy}/disk", target], cancellationToken);
        return "It was mounted read-only, with what is written kept in memory.";
    }

    private async Task<string?> AskAsync(ResourceSpec resource, ProbeSpec probe, CancellationToken cancellationToken)
    {
        if (probe.Kind != ProbeKind.Command) return (await _probes.AskAsync(probe, Unused, cancellationToken)).Reason;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(probe.Timeout);
        try
        {
            var ran = await RunAsync(resource, [.. probe.Command], limit.Token);
            return ran.ExitCode == 0 ? null : $"command {probe.Command[0]}: exit {ran.ExitCode}: {ran.Last}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"command {probe.Command[0]}: no answer within {Durations.Format(probe.Timeout)}";
        }
    }

    // Only command probes use it, and those are run here.
    private static ProbeContext Unused => null!;

    private async Task<(int ExitCode, string Last)> RunAsync(ResourceSpec resource, string[] command, CancellationToken cancellationToken)
    {
        using var output = Launch(resource, command);
        await output.Process.WaitForExitAsync(cancellationToken);
        return (output.Process.ExitCode, output.Last);
    }

    private OutputOf Launch(ResourceSpec resource, string[] command)
    {
        var runAs = RunAs.Of(resource, new NodeName(script.Node));
        var account = Account.Find(runAs.User)!;
        // Older than any epoch there was: whatever is fenced by epochs refuses it.
        string[] environment = [.. runAs.Environment, $"HOLDFAST_ROLE={script.Role.Name}", $"HOLDFAST_RESOURCE={resource.Name}", $"HOLDFAST_EPOCH={Cluster.Roles.Epoch.None}", "HOLDFAST_REHEARSING=1"];
        return new OutputOf(["setpriv", "--reuid", $"{account.UserId}", "--regid", $"{account.Groups[0]}", "--groups", string.Join(',', account.Groups), "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--", .. command], runAs.Directory, environment);
    }

    private static async Task RequireAsync(string[] command, CancellationToken cancellationToken)
    {
        using var output = new OutputOf(command, null, []);
        await output.Process.WaitForExitAsync(cancellationToken);
        if (output.Process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} exited with {output.Process.ExitCode}: {output.Last}");
    }

    private static RehearsedResource Ended(ResourceSpec resource, OutputOf program) => Told(resource, "failed", $"Its process exited with {program.Process.ExitCode}: {program.Last}");

    private static RehearsedResource Told(ResourceSpec resource, string outcome, string reason) => new(resource.Name.Value, resource.Type, outcome, null, reason.Length <= 200 ? reason : reason[..200] + "…");

    /// <summary>A program and the last line that it printed.</summary>
    private sealed class OutputOf : IDisposable
    {
        private volatile string _last = "it printed nothing";

        public OutputOf(string[] command, string? directory, string[] environment)
        {
            var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = directory ?? "/", RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            start.Environment.Clear();
            start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
            foreach (var variable in environment.Select(text => text.Split('=', 2))) start.Environment[variable[0]] = variable[1];
            Process = Process.Start(start)!;
            Process.OutputDataReceived += Take;
            Process.ErrorDataReceived += Take;
            Process.BeginOutputReadLine();
            Process.BeginErrorReadLine();
            Process.StandardInput.Close();
        }

        public Process Process { get; }

        public string Last => ResourceFailure.LastLine(_last);

        public void Dispose() => Process.Dispose();

        private void Take(object sender, DataReceivedEventArgs line)
        {
            if (!string.IsNullOrWhiteSpace(line.Data)) _last = line.Data;
        }
    }
}
