using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

public sealed partial class LabHost
{
    private static readonly string InitScript = ReadScript("host-init.sh");
    private static readonly string SupervisorScript = ReadScript("product-supervisor.sh");
    private NetNamespace? _network;

    /// <summary>Boots the host, and starts the product again if it ran when the power went.</summary>
    public async Task PowerOnAsync()
    {
        await _power.WaitAsync();
        try
        {
            await BootAsync();
        }
        finally
        {
            _power.Release();
        }
    }

    /// <summary>
    /// Cuts the power: the link first, so that no goodbye gets out; then the disks; then every process. Returns when all is gone.
    /// </summary>
    public async Task<PowerOff> PowerOffAsync()
    {
        await _power.WaitAsync();
        try
        {
            return await CutAsync();
        }
        finally
        {
            _power.Release();
        }
    }

    private async Task BootAsync()
    {
        if (IsOn)
        {
            throw new InvalidOperationException($"host {Name} has power already");
        }

        try
        {
            await OpenDoorsAsync();
            await ConnectAsync();
            await StartInitAsync();
        }
        catch
        {
            await TearDownAsync();
            throw;
        }

        PoweredOn?.Invoke(this);
        if (_productWanted)
        {
            _product = Supervise();
        }
    }

    private async Task OpenDoorsAsync()
    {
        if (_state is null)
        {
            return;
        }

        foreach (var image in _lab.SharedDisks.Prepend(_state))
        {
            var kind = image == _state ? "state" : $"shared-{image.Name}";
            _doors.Add(await DiskDoor.OpenAsync(image, Path.Combine(_lab.Folder, "doors", $"{Name}-{kind}"), $"{_lab.Id}-{Name}-{kind}"));
        }
    }

    private async Task StartInitAsync()
    {
        var start = Command.StartInfo(
            ["nsenter", $"--net={Network.Path}", "unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc", "sh", "-c", InitScript],
            InitEnvironment());
        start.RedirectStandardInput = true; // Never written to: it ends when the lab does.
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true; // Only unshare's complaint that its child was killed; the script logs to its file.
        var init = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        if (await init.StandardOutput.ReadLineAsync(limit.Token) != "ready" || ProcFs.FirstChild(init.Id) is not { } id)
        {
            init.Kill();
            init.Dispose();
            throw new InvalidOperationException($"host {Name} did not boot: {await File.ReadAllTextAsync(LogPath("boot"), limit.Token)}");
        }

        (_init, InitId) = (init, id);
        WatchForReset(init);
    }

    private Dictionary<string, string> InitEnvironment()
    {
        var options = _lab.Options;
        var folders = options.Folders.Select(folder => (Source: Path.GetFullPath(folder.Value), Target: folder.Key)).ToList();
        if (options.ProductFolder is { } product)
        {
            folders.Add((Path.GetFullPath(product), options.NextProductFolder is null ? "/opt/holdfast" : "/opt/builds/1"));
        }

        if (options.NextProductFolder is { } next)
        {
            folders.Add((Path.GetFullPath(next), "/opt/builds/2"));
        }

        return new Dictionary<string, string>(ProcessEnvironment())
        {
            ["LAB_NAME"] = Name,
            ["LAB_HOSTS"] = _lab.HostsLines(),
            ["LAB_FOLDERS"] = string.Join('\n', folders.Select(folder => $"{folder.Source}={folder.Target}")),
            ["LAB_INSTALLED"] = options.NextProductFolder is null ? "" : "/opt/builds/1",
            ["LAB_STATE"] = _doors.FirstOrDefault()?.Device.Path ?? "",
            ["LAB_SHARED"] = string.Join('\n', _doors.Skip(1).Select(door => string.Create(CultureInfo.InvariantCulture, $"{door.Image.Name}={door.Device.Number}"))),
            ["LAB_BOOT_ID"] = Guid.NewGuid().ToString(),
            ["LAB_LOG"] = LogPath("boot"),
            ["LAB_CONTROL_GROUP"] = options.ServiceManager ? ControlGroups.PathOf(_lab.Id, Name) : "",
            ["LAB_SCRIPT"] = InitScript,
        };
    }

    private async Task<PowerOff> CutAsync()
    {
        if (_init is not { } init)
        {
            throw NoPower();
        }

        var begun = BootClock.Now;
        _init = null; // From here on the end of process 1 is expected.
        await _lab.SwitchAsync($"link set {Port} down");
        var linkDown = BootClock.Now;
        await Task.WhenAll(_doors.Select(door => door.CutAsync()));
        var disksCut = BootClock.Now;
        Libc.kill(InitId, (int)Signal.Kill);

        // The kernel lets a PID namespace's process 1 be reaped only when every other process in it is.
        await init.WaitForExitAsync();
        init.Dispose();
        var off = new PowerOff(begun, linkDown, disksCut, BootClock.Now);
        PoweredOff?.Invoke(this, off); // Before the teardown: whoever still watches the mount table keeps its mounts alive.
        await TearDownAsync();
        return off;
    }

    private async Task TearDownAsync()
    {
        _processes.ForEach(process => process.Abandon());
        _processes.Clear();
        _product = null;
        InitId = 0;
        foreach (var door in _doors)
        {
            await door.DisposeAsync();
        }

        _doors.Clear();
        if (_lab.Options.ServiceManager)
        {
            await ControlGroups.RemoveAsync(ControlGroups.PathOf(_lab.Id, Name));
        }

        await DisconnectAsync();
    }

    // A host whose process 1 ends by itself was reset: by reboot(2), which the kernel turns into that, or by a fault.
    private void WatchForReset(Process init)
    {
        init.EnableRaisingEvents = true;
        init.Exited += async (_, _) =>
        {
            await _power.WaitAsync();
            try
            {
                if (_init == init)
                {
                    Resets++;
                    await CutAsync();
                    await BootAsync();
                }
            }
            catch (Exception exception)
            {
                await Console.Error.WriteLineAsync($"lab: host {Name} did not come back from a reset: {exception.Message}");
            }
            finally
            {
                _power.Release();
            }
        };
    }

    private static string ReadScript(string name)
    {
        using var reader = new StreamReader(typeof(LabHost).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
