using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Agent.Etcd;

/// <summary>
/// The mark of this voter's copy of the store (<see cref="Cluster.Copies.CopyFreshness"/>): <c>holdfast-mark</c> in etcd's data folder, so that
/// whoever puts back an older copy puts back an older mark, and a note of it in the run folder, which nobody puts back.
/// </summary>
internal sealed class CopyMark(string dataDirectory, string runDirectory)
{
    // A disk writes a sector as a whole, so that a power cut leaves the mark before or this one.
    private const int SectorBytes = 512;

    private readonly string _path = Path.Combine(dataDirectory, "holdfast-mark");
    private readonly string _note = Path.Combine(runDirectory, "mark");
    private Content _content = Read(Path.Combine(dataDirectory, "holdfast-mark"));

    /// <summary>Gets the mark; 0 when there is none. It is on the disk.</summary>
    public long Own => _content.Mark;

    /// <summary>Gets the mark as it was at some moment of this boot; null when there was none yet.</summary>
    public long? OfThisBoot => File.Exists(_note) && long.TryParse(File.ReadAllText(_note), out var mark) ? mark : null;

    /// <summary>The last mark of another voter that was written beside this one; 0 when there is none.</summary>
    public long SeenOf(string node) => _content.Seen.GetValueOrDefault(node);

    /// <summary>Writes another mark, and what was seen of the others; both are on the disk when it returns.</summary>
    /// <exception cref="IOException">It could not be written; the mark is the one before.</exception>
    public void Write(long mark, IReadOnlyDictionary<string, long> seen)
    {
        var next = new Content(mark, seen);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(next, MarkJson.Default.Content);
        Array.Resize(ref bytes, (bytes.Length + SectorBytes - 1) / SectorBytes * SectorBytes);
        bytes.AsSpan().Replace((byte)0, (byte)' ');
        using (var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
        {
            file.Write(bytes);
            file.SetLength(bytes.Length);
            file.Flush(flushToDisk: true);
        }

        _content = next;
        File.WriteAllText(_note, $"{mark}");
    }

    // One that cannot be read counts as none: then the copy is taken for older than it is, never for newer.
    private static Content Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), MarkJson.Default.Content) ?? Content.None : Content.None;
        }
        catch (JsonException)
        {
            return Content.None;
        }
    }

    internal sealed record Content(long Mark, IReadOnlyDictionary<string, long> Seen)
    {
        public static Content None { get; } = new(0, new Dictionary<string, long>());
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CopyMark.Content))]
internal sealed partial class MarkJson : JsonSerializerContext;
