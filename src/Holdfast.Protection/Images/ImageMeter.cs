using Holdfast.Protection.Backups;

namespace Holdfast.Protection.Images;

/// <summary>Takes the progress of an image and tells it as that of any run.</summary>
/// <param name="path">What is read or written, to be shown.</param>
/// <param name="time">The clock.</param>
public sealed class ImageMeter(string path, TimeProvider time) : IProgress<ImageProgress>
{
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private ImageProgress _last;

    /// <inheritdoc/>
    public void Report(ImageProgress value)
    {
        // Several threads tell; the furthest counts.
        lock (_lock)
        {
            if (value.DoneBytes > _last.DoneBytes) _last = value;
        }
    }

    /// <summary>How far it is.</summary>
    public BackupProgress Read()
    {
        ImageProgress last;
        lock (_lock) last = _last;
        return new()
        {
            Elapsed = time.GetElapsedTime(_started), BytesDone = last.DoneBytes, TotalBytes = last.TotalBytes, TotalFiles = 1, TotalsAreKnown = last.TotalBytes > 0, CurrentPath = path,
        };
    }
}
