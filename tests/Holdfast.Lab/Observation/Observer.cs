using System.Net;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Observation;

/// <summary>
/// Says who owned what, from what the machine itself shows: processes, addresses and mounts of every host, on the one
/// boot clock. It never asks the product.
/// </summary>
public sealed class Observer : IDisposable
{
    private readonly LabNetwork _lab;
    private readonly EventLoop _loop = new();
    private readonly OwnershipLog _log = new();
    private readonly AddressWatch _addresses;
    private readonly MountWatch _mounts;
    private readonly IFactWatch[] _watches;
    private readonly Thread _thread;

    /// <summary>Observes the hosts that the lab has now.</summary>
    public Observer(LabNetwork lab)
    {
        _lab = lab;
        _addresses = new AddressWatch(_loop, _log);
        _mounts = new MountWatch(_loop, _log);
        _watches = [_addresses, _mounts, new ProcessWatch(_loop, _log)];
        _thread = new Thread(() => _loop.Run(Look)) { IsBackground = true, Name = "lab-observer" };
        _thread.Start();
        foreach (var host in lab.Hosts)
        {
            host.PoweredOn += OnPoweredOn;
            host.PoweredOff += OnPoweredOff;
            if (host.IsOn)
            {
                OnPoweredOn(host);
            }
        }
    }

    /// <summary>Gets every fact so far.</summary>
    public IReadOnlyList<OwnershipInterval> Facts => _log.Snapshot();

    /// <summary>Says which role a virtual address belongs to.</summary>
    public void Assign(string role, IPAddress address) => OnLoop(() => _addresses.Assign(role, address));

    /// <summary>Says which role a shared disk belongs to.</summary>
    public void Assign(string role, StableImage disk) => OnLoop(() => _mounts.Assign(role, disk));

    /// <summary>Returns the moments in which two hosts held something of a role.</summary>
    public IReadOnlyList<DoubleOwnership> FindDouble(string role) => OwnershipArithmetic.FindDouble(Facts, role);

    /// <summary>Counts the moments in which two hosts held something of a role.</summary>
    public int DoubleActive(string role) => FindDouble(role).Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var host in _lab.Hosts)
        {
            host.PoweredOn -= OnPoweredOn;
            host.PoweredOff -= OnPoweredOff;
        }

        _loop.Stop();
        _thread.Join();
        foreach (var watch in _watches)
        {
            watch.Dispose();
        }

        _loop.Dispose();
    }

    private TimeSpan Look()
    {
        var next = TimeSpan.MaxValue;
        foreach (var watch in _watches)
        {
            if (watch.Look() is { } at && at < next)
            {
                next = at;
            }
        }

        return next;
    }

    // Waited for: nothing may happen on a host before it is watched.
    private void OnPoweredOn(LabHost host) => OnLoop(() => Array.ForEach(_watches, watch => watch.Watch(host)));

    private void OnPoweredOff(LabHost host, PowerOff off) => OnLoop(() => Array.ForEach(_watches, watch => watch.Forget(host, off)));

    private void OnLoop(Action action)
    {
        Exception? failure = null;
        using var done = new ManualResetEventSlim();
        _loop.Post(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            done.Set();
        });
        done.Wait();
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }
}
