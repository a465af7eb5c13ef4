using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Snapshots;

/// <summary>Reads and writes a snapshot file's plain content.</summary>
public static class SnapshotJson
{
    // A plus sign in a time, and names in any script, stay readable: this is no HTML.
    private static readonly SnapshotJsonContext Json = new(new JsonSerializerOptions(SnapshotJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Reads one.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.damaged</c>: it is no snapshot.</exception>
    public static Snapshot Read(string id, ReadOnlySpan<byte> json)
    {
        SnapshotDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(json, Json.SnapshotDocument);
        }
        catch (JsonException wrong)
        {
            throw Damaged(id, $"it is not the JSON of one ({wrong.Message})", wrong);
        }

        if (document?.Time is not { } text || !SnapshotTime.TryParse(text, out var time)) throw Damaged(id, "it has no time");
        if (!BlobId.TryParse(document.Tree, out var tree)) throw Damaged(id, "it has no tree");

        var excludes = Texts(document.Excludes);
        return new Snapshot
        {
            Id = id,
            Time = time,
            TimeText = text,
            Tree = tree,
            Parent = IdOrNull(document.Parent),
            Paths = Texts(document.Paths),
            Hostname = document.Hostname ?? "",
            Username = document.Username ?? "",
            Uid = document.Uid,
            Gid = document.Gid,
            Excludes = [.. excludes.Where(exclude => !SnapshotFacts.IsFact(exclude))],
            Facts = SnapshotFacts.Parse(excludes),
            Tags = Texts(document.Tags),
            Original = IdOrNull(document.Original),
            ProgramVersion = document.ProgramVersion,
            Summary = document.Summary,
            Unknown = document.Unknown ?? [],
        };
    }

    /// <summary>Writes one, with everything that <see cref="Read"/> did not understand.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.damaged</c>: what it did not understand cannot be written.</exception>
    public static byte[] Write(Snapshot snapshot)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(DocumentOf(snapshot), Json.SnapshotDocument);
        }
        catch (JsonException wrong)
        {
            // What is kept unread is checked when it is written: half a character in it.
            throw Damaged(snapshot.Id, $"it holds what cannot be written again ({wrong.Message})", wrong);
        }
    }

    private static SnapshotDocument DocumentOf(Snapshot snapshot)
    {
        string[] excludes = [.. snapshot.Excludes, .. snapshot.Facts.Format()];
        return new()
        {
            Time = snapshot.TimeText,
            Parent = snapshot.Parent?.ToString(),
            Tree = snapshot.Tree.ToString(),
            Paths = [.. snapshot.Paths],
            Hostname = NullIfEmpty(snapshot.Hostname),
            Username = NullIfEmpty(snapshot.Username),
            Uid = snapshot.Uid,
            Gid = snapshot.Gid,
            Excludes = excludes.Length == 0 ? null : excludes,
            Tags = snapshot.Tags.Count == 0 ? null : [.. snapshot.Tags],
            Original = snapshot.Original?.ToString(),
            ProgramVersion = snapshot.ProgramVersion,
            Summary = snapshot.Summary,
            Unknown = snapshot.Unknown.Count == 0 ? null : new(snapshot.Unknown),
        };
    }

    // A null in a list is an empty text to Go.
    private static string[] Texts(string?[]? list) => list is null ? [] : Array.ConvertAll(list, text => text ?? "");

    private static BlobId? IdOrNull(string? text) => BlobId.TryParse(text, out var id) ? id : null;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static HoldfastException Damaged(string id, string how, Exception? inner = null) =>
        new(ErrorKind.Conflict, "snapshot.damaged", $"The snapshot {id} cannot be read: {how}.", "See what else is wrong: holdfast vault check", inner);
}
