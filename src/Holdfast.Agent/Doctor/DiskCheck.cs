using Holdfast.Agent.Api;

namespace Holdfast.Agent.Doctor;

/// <summary>Whether the disk beneath the store keeps up, and has room. Every commit waits for two of its flushes: the leader's and one follower's go on beside each other.</summary>
internal sealed class DiskCheck : ICheck
{
    private const string Name = "disk";
    private const int Writes = 40;
    private const int BlockBytes = 4096;
    private const long LeastFree = 256L << 20;
    private const long LittleFree = 2L << 30;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken)
    {
        List<Finding> findings = [Room(context)];
        var path = Path.Combine(context.StateDirectory, $".doctor-{Guid.NewGuid():n}");
        List<TimeSpan> flushes = [];
        try
        {
            await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose });
            var block = new byte[BlockBytes];
            for (var i = 0; i < Writes; i++)
            {
                var begun = context.Time.GetTimestamp();
                await file.WriteAsync(block, cancellationToken);
                file.Flush(flushToDisk: true);
                flushes.Add(context.Time.GetElapsedTime(begun));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [.. findings, context.Problem(Name, $"{context.StateDirectory} cannot be written: {exception.Message}", "Mend the file system: without it this node's member of the store ends.")];
        }

        flushes.Sort();
        var (usual, slow, worst) = (flushes[flushes.Count / 2], flushes[flushes.Count * 9 / 10], flushes[^1]);
        var figures = $"A flush of 4 KiB below {context.StateDirectory} takes {usual.TotalMilliseconds:0.0} ms, one in ten {slow.TotalMilliseconds:0.0} ms and more, at worst {worst.TotalMilliseconds:0.0} ms";
        var allowed = context.Runtime.Profile.CommitTime;
        findings.Add(slow > allowed ? context.Problem(Name, $"{figures}; profile {context.Runtime.Profile.Name} allows {allowed.TotalMilliseconds:0} ms for a whole commit.", "Put the state folder on a faster disk of its own, or use a slower timing profile.")
            : slow > allowed / 2 ? context.Warning(Name, $"{figures}; that is most of the {allowed.TotalMilliseconds:0} ms that profile {context.Runtime.Profile.Name} allows for a commit.", "Put the state folder on a faster disk of its own.")
            : context.Ok(Name, $"{figures}."));
        return findings;
    }

    private static Finding Room(CheckContext context)
    {
        var free = new DriveInfo(context.StateDirectory).AvailableFreeSpace;
        var figures = $"{context.StateDirectory} has {free >> 20} MiB free";
        return free < LeastFree ? context.Problem(Name, $"{figures}: the store's member here ends when it cannot write.", "Make room.")
            : free < LittleFree ? context.Warning(Name, $"{figures}; the store may take up to 2 GiB.", "Make room.")
            : context.Ok(Name, $"{figures}.");
    }
}
