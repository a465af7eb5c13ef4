using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Vaults;
using static Holdfast.Management.Api.Answering;
using static Holdfast.Management.Api.ListQueries;

namespace Holdfast.Management.Api;

/// <summary>Vaults, what is in their snapshots, and restores.</summary>
internal sealed class VaultOperations(VaultDesk desk)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/vaults", AccessLevel.Viewer, "The vaults.", MachineJson.Default.IReadOnlyListVaultInfo, (http, _) => desk.ListAsync(http.RequestAborted)),
        Send("PUT", "/vaults/{name}", AccessLevel.Admin, "Makes a vault known, or changes where it is.", MachineJson.Default.VaultPut, ApiJson.Default.Done, async (http, by, put) =>
        {
            await desk.PutAsync(NodeApi.Part(http, "name"), put, by, http.RequestAborted);
            return new Done($"Vault {NodeApi.Part(http, "name")} is set.");
        }),
        Act("DELETE", "/vaults/{name}", AccessLevel.Admin, "Forgets a vault; what is in it stays.", async (http, by) =>
        {
            await desk.RemoveAsync(NodeApi.Part(http, "name"), by, http.RequestAborted);
            return $"Vault {NodeApi.Part(http, "name")} is forgotten; what is in it stays.";
        }),
        Act("POST", "/vaults/{name}/test", AccessLevel.Admin, "Opens a vault and lists its snapshots, to see whether it can be used.", async (http, _) =>
            $"It opens, and has {await desk.CatalogueAsync(NodeApi.Part(http, "name"), http.RequestAborted)} snapshots."),
        Act("POST", "/vaults/{name}/catalogue", AccessLevel.Admin, "Lists a vault's snapshots anew.", async (http, _) =>
            $"The catalogue has {await desk.CatalogueAsync(NodeApi.Part(http, "name"), http.RequestAborted)} snapshots of it."),
        Get("/snapshots/{id}/files", AccessLevel.Operator, "One folder of a snapshot.", MachineJson.Default.IReadOnlyListSnapshotFile, (http, _) =>
            desk.FilesAsync(Text(http, "vault") ?? "", NodeApi.Part(http, "id"), Text(http, "path") ?? "/", http.RequestAborted)) with { Query = new Dictionary<string, string> { ["vault"] = "The vault, by its name or by where it is; not in the path, where a slash of it would not arrive.", ["path"] = "The folder; / by default." } },
        // Root writes what is restored wherever it is told to: nobody but an administrator may say that.
        Send("POST", "/restores", AccessLevel.Admin, "Restores a snapshot or some of it to a folder of a node, or says what that would change.", MachineJson.Default.RestoreAsked, MachineJson.Default.RestoreAnswer, (http, by, asked) =>
            desk.RestoreAsync(asked, by, http.RequestAborted)),
    ];
}
