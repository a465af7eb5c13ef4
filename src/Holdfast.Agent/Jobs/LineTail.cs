namespace Holdfast.Agent.Jobs;

/// <summary>Reads the whole lines of a file that another process appends to, from its start. What is not ended by a new line yet is kept for the next look.</summary>
internal sealed class LineTail(string path)
{
    private const int LongestLine = 128 * 1024;
    private const int MostAtOnce = 1024 * 1024;
    private readonly MemoryStream _rest = new();
    private long _position;

    /// <summary>Returns the lines that came since the last look, at most a megabyte of them; nothing while the file is not there.</summary>
    public IReadOnlyList<byte[]> Next()
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Position = _position;
        var buffer = new byte[64 * 1024];
        List<byte[]> lines = [];
        for (int read, all = 0; all < MostAtOnce && (read = file.Read(buffer)) > 0; all += read)
        {
            _position += read;
            var chunk = buffer.AsSpan(0, read);
            for (int end; (end = chunk.IndexOf((byte)'\n')) >= 0; chunk = chunk[(end + 1)..])
            {
                Keep(chunk[..end]);
                lines.Add(_rest.ToArray());
                _rest.SetLength(0);
            }

            Keep(chunk);
        }

        return lines;
    }

    // A line that is too long is no message; its start is enough for a log.
    private void Keep(ReadOnlySpan<byte> part) => _rest.Write(part[..Math.Min(part.Length, Math.Max(0, LongestLine - (int)_rest.Length))]);
}
