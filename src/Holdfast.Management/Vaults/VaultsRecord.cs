using System.Collections.Immutable;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Vaults;

/// <summary>Document <c>vaults</c>: the vaults by the names that policies and people use.</summary>
internal sealed record VaultsRecord
{
    public const string Document = "vaults";

    public ImmutableArray<VaultRecord> Vaults { get; init; } = [];
}

/// <summary>A vault.</summary>
/// <param name="Node">The node that is asked about it; null for any.</param>
internal sealed record VaultRecord(string Name, string Location, string PasswordFile, string? Node)
{
    public PolicyVault ForPolicies => new(Name, Location, PasswordFile);
}
