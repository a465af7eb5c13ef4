using System.Diagnostics;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

/// <summary>
/// A machine of the lab: namespaces for network, processes, mounts, IPC and host name; a process 1; disks of its own.
/// Each power-on is a fresh boot: only what was flushed to its disks is left of the time before.
/// </summary>
/// <remarks>Faults and power are driven by one caller at a time.</remarks>
public sealed partial class LabHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly LabNetwork _lab;
    private readonly int _number;
    private readonly StableImage? _state;
    private readonly SemaphoreSlim _power = new(1, 1); // Never disposed: the end of process 1 may be noticed late.
    private readonly List<DiskDoor> _doors = [];
    private readonly List<HostProcess> _processes = [];
    private Process? _init;
    private HostProcess? _product;
    private bool _productWanted;

    internal LabHost(LabNetwork lab, string name, int number, string address, StableImage? state)
    {
        _lab = lab;
        _number = number;
        _state = state;
        Name = name;
        Address = address;
    }

    /// <summary>Raised when its power went off, also by a reset of its own.</summary>
    public event Action<LabHost, PowerOff>? PoweredOff;

    /// <summary>Raised when it has booted.</summary>
    public event Action<LabHost>? PoweredOn;

    /// <summary>Gets its host name.</summary>
    public string Name { get; }

    /// <summary>Gets its address, on <c>eth0</c>.</summary>
    public string Address { get; }

    /// <summary>Gets whether it has booted and has power.</summary>
    public bool IsOn => _init is not null;

    /// <summary>Gets whether its cable is in. A pulled cable stays pulled over a power-off.</summary>
    public bool IsPlugged { get; private set; } = true;

    /// <summary>Gets how often it was reset by itself: its process 1 ended without a power-off, as after <c>reboot(2)</c>.</summary>
    public int Resets { get; private set; }

    /// <summary>Gets its network namespace of this boot.</summary>
    public NetNamespace Network => _network ?? throw NoPower();

    /// <summary>Gets its process 1, as the machine sees it.</summary>
    public int InitId { get; private set; }

    internal IReadOnlyList<DiskDoor> Doors => _doors;

    private string Port => $"p{_number}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _productWanted = false;
        if (IsOn)
        {
            await PowerOffAsync();
        }
    }

    private InvalidOperationException NoPower() => new($"host {Name} has no power");
}
