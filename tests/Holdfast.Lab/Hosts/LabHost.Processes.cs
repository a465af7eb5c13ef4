using System.Diagnostics;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

public sealed partial class LabHost
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>Starts a process on the host. It ends with the host's power at the latest.</summary>
    /// <param name="command">The command; looked up in PATH, where the product comes first.</param>
    /// <param name="environment">Variables beside the host's own.</param>
    /// <param name="log">The name of the log that its output is appended to, in <see cref="LabNetwork.LogFolder"/>; null discards it.</param>
    public HostProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null, string? log = null)
    {
        var target = log is null ? "/dev/null" : LogPath(log);
        var start = Command.StartInfo(["sh", "-c", "exec \"$@\" </dev/null >>\"$LAB_LOG\" 2>&1", "sh", .. Enter(command)], ProcessEnvironment(environment));
        start.Environment["LAB_LOG"] = target;
        var process = new HostProcess(Process.Start(start)!);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a command on the host to its end.</summary>
    public Task<CommandResult> RunAsync(IReadOnlyList<string> command, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellationToken = default) =>
        Command.TryRunAsync(Enter(command), limit, cancellationToken, ProcessEnvironment(environment));

    /// <summary>Starts the product as systemd would: it is restarted when it ends, after a sweep; also after a power-on, until <see cref="StopProductAsync"/>.</summary>
    public void StartProduct()
    {
        if (_product is { HasExited: false })
        {
            return;
        }

        _productWanted = true;
        _product = Supervise();
    }

    /// <summary>Stops the product as systemd would: SIGTERM to the leash, then a sweep.</summary>
    public async Task StopProductAsync()
    {
        _productWanted = false;
        if (_product is { HasExited: false } product)
        {
            await RunAsync(["sh", "-c", ": >/run/lab/stop; kill -TERM \"$(cat /run/lab/leash.pid)\""], Limit);
            using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
            await product.WaitForExitAsync(limit.Token);
        }
    }

    /// <summary>Finds processes of the product on this host, oldest first, by ids as the machine sees them.</summary>
    public IReadOnlyList<int> Find(ProductProcess kind) => kind switch
    {
        ProductProcess.Leash => Find(arguments => IsProgram(arguments, "holdfast-leash") && !arguments.Contains("--sweep")),
        ProductProcess.Agent => FindAgent("agent.pid"),
        ProductProcess.StandbyAgent => FindAgent("standby.pid"),
        _ => Find(arguments => IsProgram(arguments, "etcd")),
    };

    /// <summary>Finds processes on this host by their command line, oldest first.</summary>
    public IReadOnlyList<int> Find(Func<string[], bool> commandLine) =>
    [
        .. from id in ProcFs.ProcessIds()
           where ProcFs.HostNetworkOf(id) == Network.Inode && commandLine(ProcFs.CommandLine(id))
           let start = ProcFs.StartTicks(id)
           where start is not null
           orderby start, id
           select id,
    ];

    /// <summary>Returns the command line of a process; empty when it is gone.</summary>
    public IReadOnlyList<string> CommandLine(int processId) => ProcFs.CommandLine(processId);

    /// <summary>Gets what to put before a command, in a shell of the machine, to run it on this host.</summary>
    public string Shell => $"nsenter -t {InitId} -m -u -i -n -p -- env PATH=/opt/holdfast:$PATH";

    /// <summary>Finds the processes of a role on this host, oldest first.</summary>
    public IReadOnlyList<int> FindRole(string role) =>
        [.. Find(_ => true).Where(id => ProcFs.Variable(id, "HOLDFAST_ROLE") == role)];

    /// <summary>Sends a signal to a process of the host.</summary>
    /// <param name="processId">Its id as the machine sees it.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>The instant after it was sent.</returns>
    public TimeSpan Send(int processId, Signal signal)
    {
        if (ProcFs.HostNetworkOf(processId) != Network.Inode)
        {
            throw new ArgumentException($"process {processId} is not on host {Name}", nameof(processId));
        }

        Libc.Check(Libc.kill(processId, (int)signal), $"Cannot signal process {processId}");

        // nsenter stops itself with its child and would never notice the child's end.
        if (signal == Signal.Continue && ProcFs.ParentId(processId) is { } parent && IsProgram(ProcFs.CommandLine(parent), "nsenter"))
        {
            Libc.kill(parent, (int)signal);
        }

        return BootClock.Now;
    }

    // The leash says which is which; its ids are those of the host's own PID namespace.
    private IReadOnlyList<int> FindAgent(string named) =>
        ProcFs.Text($"/proc/{InitId}/root/run/holdfast/{named}") is { } id
            ? [.. Find(arguments => IsProgram(arguments, "holdfast") && arguments.Contains("agent")).Where(process => ProcFs.IdInOwnNamespace(process) == id.Trim())]
            : [];

    private HostProcess Supervise() => Start(["sh", "-c", SupervisorScript, "supervisor", .. _lab.Options.ProductCommand], log: "product");

    private string[] Enter(IReadOnlyList<string> command) =>
        IsOn ? ["nsenter", $"--target={InitId}", "--mount", "--uts", "--ipc", "--net", "--pid", "--", .. command] : throw NoPower();

    private Dictionary<string, string> ProcessEnvironment(IReadOnlyDictionary<string, string>? more = null)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"/opt/holdfast:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{DotnetHost.Root}",
            ["HOME"] = "/run/lab/home",
            ["LANG"] = "C.UTF-8",
            ["DOTNET_ROOT"] = DotnetHost.Root,
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            [LabLeftovers.ProcessMark] = _lab.Id,
        };
        foreach (var (name, value) in _lab.Options.Environment.Concat(more ?? new Dictionary<string, string>()))
        {
            environment[name] = value;
        }

        return environment;
    }

    private string LogPath(string log) => Path.Combine(_lab.LogFolder, $"{Name}-{log}.log");

    // Under its own name, or as dotnet NAME.dll.
    private static bool IsProgram(string[] arguments, string name) =>
        arguments is [var program, ..]
        && (Path.GetFileName(program) == name || (Path.GetFileName(program) == "dotnet" && arguments is [_, var assembly, ..] && Path.GetFileName(assembly) == name + ".dll"));
}
