namespace Holdfast.Lab.Hosts;

public sealed partial class LabHost
{
    /// <summary>Sets the wall clock of those processes on the host that were started with <see cref="WallClock.Environment"/>. A boot sets it back.</summary>
    /// <param name="offset">From the machine's: <c>+6h</c>, <c>-6h</c>, <c>+0</c>.</param>
    public async Task SetWallClockAsync(string offset)
    {
        // Whoever reads it must see the old or the new.
        var result = await RunAsync(["sh", "-ec", $"echo '{offset}' >/run/lab/clock.new; mv /run/lab/clock.new {WallClock.File}"], Limit);
        if (result.ExitCode != 0) throw new InvalidOperationException($"the wall clock of {Name} cannot be set: {result.Output.Trim()}");
    }
}
