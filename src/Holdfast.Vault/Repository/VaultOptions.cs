using Holdfast.Vault.Compression;

namespace Holdfast.Vault.Repository;

/// <summary>How an opened vault is written to.</summary>
public sealed record VaultOptions
{
    /// <summary>Gets how hard new blobs are compressed.</summary>
    /// <value>The default is <see cref="CompressionMode.Auto"/>. A vault of version 1 has none.</value>
    public CompressionMode Compression { get; init; } = CompressionMode.Auto;

    /// <summary>Gets how many packs are written at once; each takes up to 20 MiB of memory, beside the two that are being filled.</summary>
    /// <value>The default is null: what suits the back end; from 1 to 32.</value>
    public int? Uploads { get; init => field = value is null or (>= 1 and <= 32) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "from 1 to 32"); }

    /// <summary>Gets the longest time for which packs stay without an index file during a long backup: what comes in that time is sent again after a crash.</summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan IndexInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the clock of <see cref="IndexInterval"/> and of the dates of keys.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
