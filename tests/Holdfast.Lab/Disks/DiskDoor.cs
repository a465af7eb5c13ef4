using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Disks;

/// <summary>
/// One powered host's door to a disk: a server with a volatile write cache over the stable image, and a loop device
/// over that. Killing the server is the power cut.
/// </summary>
internal sealed class DiskDoor : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly Process _server;

    private DiskDoor(StableImage image, Process server, LoopDevice device)
    {
        Image = image;
        _server = server;
        Device = device;
    }

    internal StableImage Image { get; }

    internal LoopDevice Device { get; }

    /// <param name="image">The stable image.</param>
    /// <param name="mountPoint">An empty folder for the server's own use; nothing is visible there from outside.</param>
    /// <param name="label">The loop device's name.</param>
    internal static async Task<DiskDoor> OpenAsync(StableImage image, string mountPoint, string label)
    {
        Directory.CreateDirectory(mountPoint);
        var program = Path.Combine(AppContext.BaseDirectory, "Holdfast.Lab.Disk.dll");

        // A mount namespace of its own: the mount goes with the server, however that ends.
        var start = Command.StartInfo(["unshare", "--mount", DotnetHost.Path, program, image.Path, image.Bytes.ToString(CultureInfo.InvariantCulture), mountPoint]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.Environment[LabLeftovers.ProcessMark] = label;
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // No sockets in the temporary folder.
        var server = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            if (await server.StandardOutput.ReadLineAsync(limit.Token) != "ready")
            {
                throw new InvalidOperationException($"the disk server of {label} did not start");
            }

            var device = LoopDevice.Attach($"/proc/{server.Id}/root{mountPoint}/disk", label);
            await server.StandardInput.WriteLineAsync(device.Path);
            await server.StandardInput.FlushAsync(limit.Token);
            return new DiskDoor(image, server, device);
        }
        catch
        {
            server.Kill();
            server.Dispose();
            throw;
        }
    }

    /// <summary>Cuts the power: what was not flushed is gone, every later request fails. Returns when the server is gone.</summary>
    internal async Task CutAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync();
    }

    /// <summary>Stops serving until <see cref="GoOn"/>: requests wait, and nothing reaches the stable image.</summary>
    internal void Halt() => Libc.Check(Libc.kill(_server.Id, (int)Signal.Stop), $"Cannot stop the disk server of {Image.Name}");

    /// <summary>Goes on serving.</summary>
    internal void GoOn() => Libc.Check(Libc.kill(_server.Id, (int)Signal.Continue), $"Cannot go on with the disk server of {Image.Name}");

    /// <summary>Takes the device away. The host must be gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        try
        {
            await Waiting.UntilAsync(() => !Device.IsInUse(), Limit, $"{Device.Path} is still mounted");
        }
        finally
        {
            Device.Detach();
            _server.Dispose();
        }
    }
}
