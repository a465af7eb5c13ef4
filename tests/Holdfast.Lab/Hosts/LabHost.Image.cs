using Holdfast.Lab.Disks;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

public sealed partial class LabHost
{
    private string ImageCopy => $"{State.Path}.copy";

    private StableImage State => _state ?? throw new InvalidOperationException($"host {Name} has no disk");

    /// <summary>Copies the host's own disk as a power cut at this moment would leave it; the disk does nothing meanwhile. Replaces an earlier copy.</summary>
    /// <returns>When the copy was taken.</returns>
    public async Task<TimeSpan> CopyStateDiskAsync()
    {
        var door = _doors.FirstOrDefault();
        door?.Halt();
        try
        {
            var at = BootClock.Now;
            await Command.RunAsync("cp", "--sparse=always", State.Path, ImageCopy);
            return at;
        }
        finally
        {
            door?.GoOn();
        }
    }

    /// <summary>Puts the copy in the place of the host's own disk. The host must be off.</summary>
    public Task PutStateDiskBackAsync() =>
        IsOn ? throw new InvalidOperationException($"host {Name} has power: its disk cannot be exchanged") : Command.RunAsync("cp", "--sparse=always", ImageCopy, State.Path);
}
