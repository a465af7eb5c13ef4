using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Databases;

/// <summary>What a snapshot of a database says of itself, kept where <see cref="SnapshotFacts"/> are: no restic command drops it.</summary>
public sealed record DatabaseFacts
{
    private const string Prefix = "hf:db-";

    public required string Engine { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DatabaseBackupType Type { get; init; }

    /// <summary>Gets the server's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Gets what only the engine understands, in order; a key may come more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>The first detail of a key, or null.</summary>
    public string? Detail(string key) => Details.FirstOrDefault(detail => detail.Key == key).Value;

    /// <summary>All details of a key.</summary>
    public IEnumerable<string> AllDetails(string key) => Details.Where(detail => detail.Key == key).Select(detail => detail.Value);

    /// <summary>Reads them; null when the snapshot is of no database, or of a type that this version does not know.</summary>
    public static DatabaseFacts? Of(Snapshot snapshot)
    {
        Dictionary<string, string> own = new(StringComparer.Ordinal);
        List<KeyValuePair<string, string>> details = [];
        foreach (var entry in snapshot.Facts.Unknown.Where(entry => entry.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) continue;
            var key = entry[Prefix.Length..equals];
            var value = Uri.UnescapeDataString(entry[(equals + 1)..]);
            if (key is "engine" or "id" or "name" or "type" or "version") own[key] = value;
            else details.Add(new(key, value));
        }

        return own.TryGetValue("engine", out var engine) && own.TryGetValue("id", out var id) && own.TryGetValue("name", out var name) && TypeOf(own.GetValueOrDefault("type")) is { } type
            ? new() { Engine = engine, Id = id, Name = name, Type = type, Version = own.GetValueOrDefault("version", ""), Details = details } : null;
    }

    /// <summary>As entries of a snapshot's facts.</summary>
    public IReadOnlyList<string> Format() =>
        [Fact("engine", Engine), Fact("id", Id), Fact("name", Name), Fact("type", TypeText(Type)), Fact("version", Version), .. Details.Select(detail => Fact(detail.Key, detail.Value))];

    /// <summary>A type as it is written.</summary>
    public static string TypeText(DatabaseBackupType type) => type switch
    {
        DatabaseBackupType.Full => "full",
        DatabaseBackupType.Differential => "differential",
        DatabaseBackupType.Incremental => "incremental",
        _ => "log",
    };

    private static DatabaseBackupType? TypeOf(string? text) => text switch
    {
        "full" => DatabaseBackupType.Full,
        "differential" => DatabaseBackupType.Differential,
        "incremental" => DatabaseBackupType.Incremental,
        "log" => DatabaseBackupType.Log,
        _ => null,
    };

    private static string Fact(string key, string value) => $"{Prefix}{key}={Uri.EscapeDataString(value)}";
}
