using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Observation;

/// <summary>
/// Sees processes of roles: by looking at new processes, told by the kernel's process events where those may be had, and
/// by reading <c>/proc</c> otherwise. Their end is told by a pidfd, so it is exact.
/// </summary>
internal sealed class ProcessWatch : IFactWatch
{
    private static readonly TimeSpan ScanInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ScanIntervalWithEvents = TimeSpan.FromMilliseconds(100);

    // A process gets its environment with exec, some time after fork: a young one is looked at again.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(2);

    private readonly EventLoop _loop;
    private readonly OwnershipLog _log;
    private readonly ProcessEvents? _events;
    private readonly Dictionary<ulong, LabHost> _hostOfNetwork = [];
    private readonly Dictionary<int, Seen> _seen = [];
    private readonly HashSet<int> _present = [];
    private TimeSpan _lastScan = BootClock.Now;
    private TimeSpan _nextScan;

    internal ProcessWatch(EventLoop loop, OwnershipLog log)
    {
        _loop = loop;
        _log = log;
        _events = ProcessEvents.TryOpen(loop, OnStarted, OnExecuted);
    }

    public void Watch(LabHost host) => _hostOfNetwork[host.Network.Inode] = host;

    public void Forget(LabHost host, PowerOff off)
    {
        foreach (var network in _hostOfNetwork.Where(entry => entry.Value == host).Select(entry => entry.Key).ToList())
        {
            _hostOfNetwork.Remove(network);
        }

        _log.EndAll(host.Name, OwnershipKind.Process, off.Gone);
    }

    public TimeSpan? Look()
    {
        var now = BootClock.Now;
        if (now < _nextScan)
        {
            return _nextScan;
        }

        _present.Clear();
        foreach (var id in ProcFs.ProcessIds())
        {
            _present.Add(id);
            if (!_seen.TryGetValue(id, out var seen))
            {
                // Not there at the last look, and in hundredths of a second the kernel says when it began: both are too early.
                var ticks = ProcFs.StartTicks(id);
                var start = ticks is null ? _lastScan : Max(_lastScan, TimeSpan.FromMilliseconds(10 * ticks.Value));
                seen = _seen[id] = new Seen(start, now);
            }

            if (!seen.IsRole && now - seen.FirstLook < Youth)
            {
                Examine(id, seen);
            }
        }

        foreach (var gone in _seen.Keys.Where(id => !_present.Contains(id)).ToList())
        {
            _seen.Remove(gone);
        }

        _lastScan = now;
        return _nextScan = BootClock.Now + (_events is null ? ScanInterval : ScanIntervalWithEvents);
    }

    public void Dispose() => _events?.Dispose();

    private void OnStarted(int id, TimeSpan start) => _seen[id] = new Seen(start, BootClock.Now);

    private void OnExecuted(int id)
    {
        if (_seen.TryGetValue(id, out var seen) && !seen.IsRole)
        {
            Examine(id, seen);
        }
    }

    private void Examine(int id, Seen seen)
    {
        if (!_hostOfNetwork.TryGetValue(ProcFs.HostNetworkOf(id), out var host))
        {
            return;
        }

        var variables = ProcFs.Variables(id);
        if (!variables.TryGetValue("HOLDFAST_ROLE", out var role) || role.Length == 0 || variables.GetValueOrDefault("HOLDFAST_UNIT", "").StartsWith('@'))
        {
            return;
        }

        const nint PidFdOpen = 434;
        var handle = (int)Libc.syscall(PidFdOpen, id, 0);
        if (handle < 0)
        {
            return; // Gone between two looks: it lived for less than one.
        }

        seen.IsRole = true;
        var name = $"{id}";
        _log.Begin(new OwnershipInterval(role, host.Name, OwnershipKind.Process, name, seen.Start, To: null) { Epoch = variables.GetValueOrDefault("HOLDFAST_EPOCH") });
        _loop.Add(handle, EventLoop.Readable, () =>
        {
            _log.End(host.Name, OwnershipKind.Process, name, BootClock.Now);
            _loop.Remove(handle);
            Libc.close(handle);
        });
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private sealed class Seen(TimeSpan start, TimeSpan firstLook)
    {
        internal TimeSpan Start => start;

        internal TimeSpan FirstLook => firstLook;

        internal bool IsRole { get; set; }
    }
}
