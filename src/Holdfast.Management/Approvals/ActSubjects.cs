using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Holdfast.Management.Policies;
using Holdfast.Management.Settings;
using Holdfast.Management.Vaults;

namespace Holdfast.Management.Approvals;

/// <summary>How what a request is about is now, as a text that changes when that does: what was approved is done to what was looked at, or not at all.</summary>
internal sealed class ActSubjects(AgentLink agent, PolicyDesk policies, VaultDesk vaults, PeopleDesk people, SettingsDesk settings)
{
    /// <summary>The stamp of what a request is about; null of what changes all the time, or has nothing to compare.</summary>
    /// <exception cref="HoldfastException">It is not there, or nobody answers.</exception>
    public async Task<string?> StampAsync(AskedRequest request, CancellationToken cancellationToken) => $"{request.Method} {request.Route}" switch
    {
        "POST /nodes/{node}/evict" or "POST /nodes/{node}/revoke" => Of(await NodeAsync(request.Name("node"), cancellationToken) is var node ? $"{node.Kind} {node.Voter} {node.Address}" : ""),
        // That it is off is true of this time that it is away.
        "POST /nodes/{node}/confirm-down" => Of(await NodeAsync(request.Name("node"), cancellationToken) is var node ? $"{node.Address} {node.Incarnation} {node.State}" : ""),
        "DELETE /roles/{role}" => Of((await RoleAsync(request.Name("role"), cancellationToken)).Declaration),
        "POST /apply" => Of(JsonSerializer.Serialize(await policies.WouldApplyAsync(Encoding.UTF8.GetString(request.Body), caller: null, cancellationToken), ApiJson.Default.ApplyResponse)),
        "DELETE /policies/{name}" => Of(JsonSerializer.Serialize(policies.Require(request.Name("name")), PolicyJson.Default.Policy)),
        "PUT /policies/{name}" => Of(policies.All.FirstOrDefault(policy => policy.Name == request.Name("name")) is { } policy ? JsonSerializer.Serialize(policy, PolicyJson.Default.Policy) : ""),
        "DELETE /vaults/{name}" => Of(Vault(request.Name("name"))),
        "POST /restores" => Of(Vault(request.Read(MachineJson.Default.RestoreAsked).Vault)),
        "PUT /people/{name}" or "DELETE /people/{name}" => Of(people.Find(request.Name("name")) is { } person ? person.ToString() : throw new HoldfastException(ErrorKind.NotFound, "person.not-found", $"There is nobody named {request.Name("name")}.", "GET /api/v1/people lists everybody.")),
        "PUT /settings" => settings.Numbered.Revision,
        _ => null,
    };

    // One that is being deleted is as good as gone: the owner before this one got as far as that.
    private async Task<RoleDetail> RoleAsync(string name, CancellationToken cancellationToken) =>
        await agent.GetAsync($"v1/roles/{Uri.EscapeDataString(name)}", ApiJson.Default.RoleDetail, cancellationToken) is { Deleting: false } role ? role
        : throw new HoldfastException(ErrorKind.NotFound, "role.not-found", $"Role {name} is being deleted already.", "It is gone as soon as it is offline.");

    private async Task<NodeStatus> NodeAsync(string name, CancellationToken cancellationToken) =>
        (await agent.GetAsync("v1/nodes", ApiJson.Default.IReadOnlyListNodeStatus, cancellationToken)).FirstOrDefault(node => node.Name == name)
        ?? throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"There is no node {name}.", "GET /api/v1/nodes lists them.");

    private string Vault(string name) => (vaults.All.FirstOrDefault(vault => vault.Name == name || vault.Location == name)
        ?? throw new HoldfastException(ErrorKind.NotFound, "vault.not-found", $"There is no vault {name}.", "GET /api/v1/vaults lists them.")).ToString();

    private static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
