using System.Diagnostics;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Tests.Running;

/// <summary>A real leash process in a folder of its own; gone with everything it made when disposed.</summary>
public sealed class RunningLeash : IAsyncDisposable
{
    /// <summary>The leash under test: the one built with the tests, or a published one, to measure what is shipped.</summary>
    private static readonly string[] Program = Environment.GetEnvironmentVariable("HOLDFAST_LEASH_PROGRAM") is { } published ? [published] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "holdfast-leash.dll")];

    private readonly string _home = Directory.CreateTempSubdirectory("holdfast-leash-test-").FullName;
    private readonly List<Process> _helpers = [];
    private string[] _prefix = [];
    private bool _observes;
    private Process? _process;

    private RunningLeash()
    {
    }

    public string RunDirectory => Path.Combine(_home, "run");

    public string StateDirectory => Path.Combine(_home, "state");

    public int ProcessId => _process!.Id;

    public LeashClient Client { get; private set; } = null!;

    public long Incarnation { get; private set; }

    /// <summary>Gets the process that holds the network and mount namespaces of <see cref="StartIsolatedAsync"/>.</summary>
    public int? Holder { get; private set; }

    public System.Text.StringBuilder LogText { get; } = new();

    public static async Task<RunningLeash> StartAsync(params string[] options)
    {
        var leash = new RunningLeash();
        await leash.LaunchOrCleanUpAsync(options);
        return leash;
    }

    /// <summary>Starts with an agent that controls it; the test only looks.</summary>
    public static async Task<RunningLeash> StartWithAgentAsync(string[] options, params string[] agent)
    {
        var leash = new RunningLeash { _observes = true };
        await leash.LaunchOrCleanUpAsync([.. options, "--", .. agent]);
        return leash;
    }

    /// <summary>Starts in network and mount namespaces of its own, with an interface <c>test0</c>.</summary>
    public static async Task<RunningLeash> StartIsolatedAsync(params string[] options)
    {
        var leash = new RunningLeash();
        var holder = Spawn("unshare", "--net", "--mount", "--", "sh", "-c", "ip link set lo up && ip link add test0 type veth peer name test1 && ip link set test0 up && ip link set test1 up && echo ready && exec sleep 600");
        leash._helpers.Add(holder);
        leash.Holder = holder.Id;
        Assert.Equal("ready", await holder.StandardOutput.ReadLineAsync());
        await leash.LaunchOrCleanUpAsync(options);
        return leash;
    }

    /// <summary>Starts as an unprivileged user would, in a user namespace that allows further ones or does not.</summary>
    public static async Task<RunningLeash> StartUnprivilegedAsync(bool namespacesAllowed)
    {
        var script = namespacesAllowed ? "exec \"$@\"" : "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
        var leash = new RunningLeash { _prefix = ["unshare", "--user", "--map-root-user", "--", "sh", "-c", script, "sh"] };
        await leash.LaunchOrCleanUpAsync(["--unprivileged"]);
        return leash;
    }

    private async Task LaunchOrCleanUpAsync(string[] options)
    {
        try
        {
            await LaunchAsync(options);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task LaunchAsync(params string[] options)
    {
        string[] command = [.. Program, "--run", RunDirectory, "--state", StateDirectory, .. options];
        if (Holder is { } holder) command = ["nsenter", $"--target={holder}", "--net", "--mount", "--", .. command];
        var process = _process = Spawn([.. _prefix, .. command]);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (LogText) LogText.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        await EventuallyAsync(() => ReadLog().Contains("ready:", StringComparison.Ordinal) || process.HasExited);
        Assert.False(process.HasExited, ReadLog());
        Client = await LeashClient.ConnectAsync(RunDirectory, _observes);
    }

    public string ReadLog()
    {
        lock (LogText) return LogText.ToString();
    }

    /// <summary>Mints and arms for a while.</summary>
    public async Task<RunningLeash> ArmedAsync(TimeSpan? lease = null)
    {
        Incarnation = await Client.MintAsync(0, default);
        await Client.ArmAsync(Incarnation, In(lease ?? TimeSpan.FromMinutes(5)), default);
        return this;
    }

    public static LeashInstant In(TimeSpan duration)
    {
        var now = BootClock.Now;
        return new(now.BootNanoseconds + (duration.Ticks * 100), now.RawNanoseconds + (duration.Ticks * 100));
    }

    public Warrant Warrant(string role = "orders", long epoch = 1) => new(role, Incarnation, new(1, epoch));

    public Task<int> StartShellAsync(string unit, string script, string? user = null, string? log = null, string[]? environment = null) => Client.StartAsync(
        new StartRequest { Unit = unit, Warrant = unit[0] == '@' ? new(null, 0, default) : Warrant(unit[..unit.IndexOf('/')]), Command = ["sh", "-c", script], User = user, LogFile = log, Environment = environment ?? [] }, default);

    /// <summary>Starts a process that daemonises as hard as it can, and returns the outer process id of the grandchild.</summary>
    public async Task<int> StartDaemonisingAsync(string unit = "orders/web")
    {
        var token = $"7{Random.Shared.Next(100_000_000, 999_999_999)}";
        await StartShellAsync(unit, $"setsid sh -c 'setsid sleep {token} >/dev/null 2>&1 & exit' & exec sleep infinity");
        var found = 0;
        await EventuallyAsync(() => (found = FindByArgument(token)) != 0);
        return found;
    }

    public static int FindByArgument(string argument) => Directory.EnumerateDirectories("/proc").Select(folder => (Id: int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0, folder)).Where(entry => entry.Id > 0)
        .FirstOrDefault(entry => Arguments(entry.folder) is ["sleep", var first, ..] && first == argument).Id;

    /// <summary>Every process that carries the mark of this leash's run folder.</summary>
    public int[] Marked()
    {
        var mark = $"holdfast-unit:{LeashSettings.ScopeOf(RunDirectory)}:";
        return [.. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _) && Arguments(folder).Any(argument => argument.StartsWith(mark, StringComparison.Ordinal))).Select(folder => int.Parse(Path.GetFileName(folder)))];
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static async Task EventuallyAsync(Func<bool> condition, int seconds = 30)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, "the awaited condition did not come");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
    }

    public async Task<T> NextAsync<T>() where T : LeashEvent
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await Client.Events.ReadAsync(limit.Token) is T wanted) return wanted;
        }
    }

    public void Signal(int signal) => Libc.kill(ProcessId, signal);

    /// <summary>Kills the leash as a crash would.</summary>
    public async Task KillAsync()
    {
        Signal(Libc.SIGKILL);
        await _process!.WaitForExitAsync();
        await Client.DisposeAsync();
        lock (LogText) LogText.Clear();
    }

    public async Task<int> TerminateAsync()
    {
        Signal(Libc.SIGTERM);
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Runs a tool where the leash lives and returns what it prints.</summary>
    public async Task<string> ToolAsync(params string[] command)
    {
        using var process = Holder is { } holder ? Spawn(["nsenter", $"--target={holder}", "--net", "--mount", "--", .. command]) : Spawn(command);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    public Task<string> SweepAsync() => ToolAsync([.. Program, "--sweep", "--run", RunDirectory, "--state", StateDirectory]);

    public string MakeFile(string name) => Path.Combine(_home, name);

    public async ValueTask DisposeAsync()
    {
        if (Client is not null) await Client.DisposeAsync();
        if (_process is { HasExited: false })
        {
            Signal(Libc.SIGKILL);
            await _process.WaitForExitAsync();
        }

        try
        {
            if (Directory.Exists(RunDirectory)) await SweepAsync();
        }
        finally
        {
            foreach (var helper in _helpers)
            {
                helper.Kill();
                await helper.WaitForExitAsync();
            }

            Directory.Delete(_home, recursive: true);
        }
    }

    private static Process Spawn(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static string[] Arguments(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
