using System.Net;

namespace Holdfast.Vault.Serving;

/// <summary>What a vault server serves, to whom, and how far.</summary>
public sealed record VaultServerOptions
{
    /// <summary>Gets where it listens; port 0 takes a free one.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Gets the directory below which the vaults are: <c>/team/files/</c> is the vault in <c>team/files</c>. It must exist, so that a disk that is not mounted is noticed.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Gets whether nothing that is stored can be removed, but locks: a machine that was broken into cannot delete its own backups.</summary>
    /// <value>The default is no. What exists is never overwritten, with this or without.</value>
    public bool AppendOnly { get; init; }

    /// <summary>Gets how many bytes all vaults together may have, or null for as many as fit the disk.</summary>
    /// <remarks>Locks and indexes may exceed it by a twentieth: a full vault must be able to be pruned.</remarks>
    public long? QuotaBytes { get; init; }

    /// <summary>Gets the PEM file with the server's certificate and those that sign it, or null to speak without TLS.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Gets the PEM file with the certificate's key; may be the same file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Gets the file of users (<see cref="VaultUsers"/>), or null to let everybody in.</summary>
    public string? UsersFile { get; init; }
}
