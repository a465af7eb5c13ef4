using Holdfast.Leash.Native;

namespace Holdfast.Leash.Guarding;

/// <summary>A watchdog device that resets the machine when the guard no longer feeds it: hung kernel, stopped leash, endless sweep.</summary>
internal sealed unsafe class Watchdog
{
    public const long FeedEvery = 25_000_000;

    private readonly int _device;

    private Watchdog(int device) => _device = device;

    /// <summary>Opens the device and sets its timeout; throws with a sentence when it cannot do what is needed.</summary>
    /// <remarks>The guard may hang right before the deadline, so the device must fire within K. The usual devices count whole seconds.</remarks>
    public static Watchdog Open(string path, TimeSpan killTime)
    {
        if (killTime < TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(50))
        {
            throw new IOException($"{path} counts whole seconds, and K is {killTime.TotalMilliseconds:0} ms: it would fire after another node has taken over. Raise --kill-time above 1050 ms (a slower timing profile), or leave the watchdog out.");
        }

        var device = Libc.Open(path, Libc.O_WRONLY);
        if (device < 0) throw new IOException($"Cannot open the watchdog {path}: {Libc.LastError}.");
        var wanted = (int)killTime.TotalSeconds;
        var seconds = wanted;
        if (Libc.ioctl(device, 0xC0045706 /* WDIOC_SETTIMEOUT */, &seconds) == 0 && seconds <= wanted) return new(device);
        var error = $"The watchdog {path} cannot be set to {wanted} s (it offers {seconds} s).";
        var farewell = (byte)'V'; // The "magic close": it must not reset a machine that decided against it.
        Libc.write(device, &farewell, 1);
        Libc.close(device);
        throw new IOException(error);
    }

    public void Feed()
    {
        byte any = 0;
        Libc.write(_device, &any, 1);
    }

    /// <summary>Stops the device, after a clean end.</summary>
    public void Close()
    {
        var farewell = (byte)'V';
        Libc.write(_device, &farewell, 1);
        Libc.close(_device);
    }
}
