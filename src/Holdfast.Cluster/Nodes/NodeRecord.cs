using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Nodes;

/// <summary>What a node is for.</summary>
public enum NodeKind
{
    /// <summary>Hosts roles; the first three, five or seven also vote.</summary>
    Member,

    /// <summary>Votes only.</summary>
    Witness,

    /// <summary>
    /// A protected machine that may sleep or be away: it neither votes nor plans, is counted for nothing, and is given only roles whose one possible owner it is.
    /// </summary>
    Client,
}

/// <summary>What the administrator wants of a node.</summary>
public enum NodeIntent
{
    /// <summary>It may be given roles.</summary>
    Active,

    /// <summary>It keeps what it has and is given nothing new.</summary>
    Paused,

    /// <summary>Everything on it moves away and it is given nothing new.</summary>
    Draining,

    /// <summary>It is no longer part of the cluster; the record stays so that its name's history is known (leases rule 6).</summary>
    Evicted,
}

/// <summary>A machine of the cluster, as the store holds it: key <c>nodes/{node}</c>.</summary>
public sealed record NodeRecord
{
    /// <summary>Gets the name.</summary>
    public required NodeName Name { get; init; }

    /// <summary>Gets what it is for.</summary>
    public required NodeKind Kind { get; init; }

    /// <summary>Gets whether it runs a member of the store.</summary>
    public required bool Voter { get; init; }

    /// <summary>Gets the address other nodes reach it at, without a port.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the port of its node API.</summary>
    public required int ApiPort { get; init; }

    /// <summary>Gets what the administrator wants of it.</summary>
    public required NodeIntent Intent { get; init; }

    /// <summary>Gets whether it drains only because it is shutting down; it makes itself active again when it is back.</summary>
    public bool ShuttingDown { get; init; }

    /// <summary>Gets when its lease ran out lately, as far as that still counts towards a quarantine.</summary>
    public ImmutableArray<DateTimeOffset> Losses { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the quarantine that it is in, or was in until its record is cleared; null when in none.</summary>
    public Quarantine? Quarantine { get; init; }

    /// <summary>Gets the SHA-256 fingerprint of its certificate, in hexadecimal: the only one that this name may present.</summary>
    public required string CertificateFingerprint { get; init; }

    /// <summary>Gets the serial number of its certificate, in hexadecimal: what it is revoked by; empty when it has none.</summary>
    public string CertificateSerial { get; init; } = "";

    /// <summary>Gets the fingerprint of the certificate that the present one replaces; null unless the node is replacing it just now.</summary>
    public string? FormerFingerprint { get; init; }

    /// <summary>Gets the serial number of that one.</summary>
    public string? FormerSerial { get; init; }

    /// <summary>Gets the node's public key, SubjectPublicKeyInfo in Base64: what the cluster key is sealed to when it is rotated; null when not known.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Gets what it is set to; null when nobody set anything.</summary>
    public NodeSettings? Settings { get; init; }

    /// <summary>Whether this node may present a certificate with that fingerprint.</summary>
    public bool IsCertificate(string fingerprint) => fingerprint.Length > 0 && (fingerprint == CertificateFingerprint || fingerprint == FormerFingerprint);

    /// <summary>The serial numbers of all certificates that it may present: what is revoked when it may present none any more.</summary>
    public IReadOnlyList<string> Serials() => [.. new[] { CertificateSerial, FormerSerial }.Where(serial => !string.IsNullOrEmpty(serial)).OfType<string>()];

    /// <inheritdoc/>
    public bool Equals(NodeRecord? other) =>
        other is not null && Name == other.Name && Kind == other.Kind && Voter == other.Voter && Address == other.Address && ApiPort == other.ApiPort
        && Intent == other.Intent && ShuttingDown == other.ShuttingDown && Losses.SequenceEqual(other.Losses) && Quarantine == other.Quarantine
        && CertificateFingerprint == other.CertificateFingerprint && CertificateSerial == other.CertificateSerial
        && FormerFingerprint == other.FormerFingerprint && FormerSerial == other.FormerSerial && PublicKey == other.PublicKey && Settings == other.Settings;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Address, Intent, CertificateFingerprint);
}
