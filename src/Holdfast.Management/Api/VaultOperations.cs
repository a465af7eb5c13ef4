using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;
using Holdfast.Management.Vaults;
using Microsoft.AspNetCore.Http;
using static Holdfast.Management.Api.Answering;
using static Holdfast.Management.Api.ListQueries;

namespace Holdfast.Management.Api;

/// <summary>Vaults, what is in them, and restores.</summary>
internal sealed class VaultOperations(VaultDesk desk, SnapshotDesk snapshots, RestoreDesk restores)
{
    // Long enough to notice that it was the wrong one.
    private const string UsualDelay = "7d";

    private static readonly Dictionary<string, string> InVault = new() { ["vault"] = "The vault, by its name or by where it is; not in the path, where a slash of it would not arrive." };

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
            restores.FilesAsync(VaultOf(http), NodeApi.Part(http, "id"), Text(http, "path") ?? "/", http.RequestAborted)) with { Query = new Dictionary<string, string>(InVault) { ["path"] = "The folder; / by default." } },
        Get("/snapshots/{id}/differences", AccessLevel.Operator, "What differs between another snapshot and this one.", MachineJson.Default.IReadOnlyListDifferentFile, (http, _) =>
            restores.DifferencesAsync(VaultOf(http), NodeApi.Part(http, "id"), Text(http, "from") ?? "", http.RequestAborted)) with { Query = new Dictionary<string, string>(InVault) { ["from"] = "The other snapshot." } },
        Get("/vaults/{name}/files", AccessLevel.Operator, "Finds files in all snapshots of a vault.", MachineJson.Default.IReadOnlyListFoundFile, (http, _) =>
            restores.FindAsync(NodeApi.Part(http, "name"), Text(http, "pattern") ?? "", http.RequestAborted)) with { Query = new Dictionary<string, string> { ["pattern"] = "Names with * and ?; with a slash, whole paths." } },
        Get("/vaults/{name}/statistics", AccessLevel.Operator, "What the snapshots of a vault hold, and take in it.", MachineJson.Default.VaultFigures, (http, _) => restores.FiguresAsync(NodeApi.Part(http, "name"), http.RequestAborted)),
        Get("/databases", AccessLevel.Operator, "The databases in a vault, with their base backups.", MachineJson.Default.IReadOnlyListDatabaseInVault, (http, _) =>
            restores.DatabasesAsync(VaultOf(http), http.RequestAborted)) with { Query = InVault },
        Send("POST", "/snapshots/{id}/tags", AccessLevel.Admin, "Changes the tags of a snapshot; it has another id then.", MachineJson.Default.TagsAsked, MachineJson.Default.SnapshotDone, (http, by, asked) =>
            snapshots.ChangeTagsAsync(VaultOf(http), NodeApi.Part(http, "id"), asked, by, http.RequestAborted)) with { Query = InVault },
        Answered("POST", "/snapshots/{id}/hold", "Puts a legal hold on a snapshot: it is not forgotten while it has one.", (http, by) => snapshots.HoldAsync(VaultOf(http), NodeApi.Part(http, "id"), by, http.RequestAborted)),
        Answered("DELETE", "/snapshots/{id}/hold", "Takes a snapshot's legal hold off.", (http, by) => snapshots.ReleaseAsync(VaultOf(http), NodeApi.Part(http, "id"), by, http.RequestAborted)),
        Answered("DELETE", "/snapshots/{id}", "Forgets a snapshot.", (http, by) => snapshots.ForgetAsync(VaultOf(http), NodeApi.Part(http, "id"), Delay(http), by, http.RequestAborted)) with
        {
            Query = new Dictionary<string, string>(InVault) { ["delay"] = $"How long it can be brought back, such as 12h or 30d; 0s for not at all, {UsualDelay} by default." },
        },
        Answered("POST", "/snapshots/{id}/bring-back", "Brings back a forgotten snapshot, while that is possible.", (http, by) => snapshots.BringBackAsync(VaultOf(http), NodeApi.Part(http, "id"), by, http.RequestAborted)),
        // Root writes what is restored wherever it is told to: nobody but an administrator may say that.
        Send("POST", "/restores", AccessLevel.Admin, "Restores a snapshot, some of it or a database to a folder of a node, or says what that would change.", MachineJson.Default.RestoreAsked, MachineJson.Default.RestoreAnswer, (http, by, asked) =>
            restores.RestoreAsync(asked, by, http.RequestAborted)),
    ];

    private static Operation Answered(string method, string path, string summary, Func<HttpContext, Person, Task<SnapshotDone>> act) => Get(path, AccessLevel.Admin, summary, MachineJson.Default.SnapshotDone, act) with { Method = method, Query = InVault };

    private static string VaultOf(HttpContext http) => Text(http, "vault") ?? "";

    private static TimeSpan Delay(HttpContext http) => Durations.TryParse(Text(http, "delay") ?? UsualDelay, out var delay) ? delay
        : throw new HoldfastException(ErrorKind.Invalid, "request.delay-invalid", $"delay: {Durations.Complaint(Text(http, "delay") ?? "")}", "Nothing was changed.");
}
