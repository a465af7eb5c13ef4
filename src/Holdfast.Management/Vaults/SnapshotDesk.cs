using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Vaults;

/// <summary>Changes snapshots, in whose name it is asked: a node does it with the product's own commands, and the catalogue is made anew.</summary>
internal sealed partial class SnapshotDesk(AgentLink agent, VaultDesk vaults, ILogger<SnapshotDesk> logger)
{
    private const string Hold = "hf:hold"; // As the vault writes it.
    private const string Reserved = "hf:";
    private const int LongestTag = 200;

    /// <summary>Puts a legal hold on a snapshot: it is never forgotten while it has one.</summary>
    public Task<SnapshotDone> HoldAsync(string vault, string id, Person by, CancellationToken cancellationToken) =>
        TagAsync(vault, id, [Hold], [], "is on legal hold", "is on legal hold already", by, cancellationToken);

    /// <summary>Takes the legal hold off.</summary>
    public Task<SnapshotDone> ReleaseAsync(string vault, string id, Person by, CancellationToken cancellationToken) =>
        TagAsync(vault, id, [], [Hold], "is on hold no more", "is not on hold", by, cancellationToken);

    /// <summary>Changes its tags.</summary>
    /// <exception cref="HoldfastException">Code <c>tags.invalid</c>, or what the vault says.</exception>
    public Task<SnapshotDone> ChangeTagsAsync(string vault, string id, TagsAsked asked, Person by, CancellationToken cancellationToken)
    {
        RequireTags(asked);
        return TagAsync(vault, id, asked.Add ?? [], asked.Remove ?? [], "has its tags changed", "has these tags already", by, cancellationToken);
    }

    /// <summary>Forgets a snapshot.</summary>
    /// <param name="delay">How long it can be brought back; zero for not at all.</param>
    /// <exception cref="HoldfastException">Code <c>snapshot.held</c>, or what else the vault says.</exception>
    public async Task<SnapshotDone> ForgetAsync(string vault, string id, TimeSpan delay, Person by, CancellationToken cancellationToken)
    {
        var told = JsonSerializer.Deserialize(await ActAsync(vault, id, new(SnapshotAct.Forget, "", "", Delay: delay > TimeSpan.Zero ? delay : null), by, cancellationToken), MachineJson.Default.ForgottenSnapshots)!;
        return new SnapshotDone(told.Forgotten.Length == 0 ? $"Snapshot {Short(id)} was forgotten already." : $"Snapshot {Short(id)} is forgotten{(told.DeleteAfter is { } until ? $", and can be brought back until {until.UtcDateTime:yyyy-MM-dd HH:mm}Z" : "")}.", null);
    }

    /// <summary>Brings back one that was forgotten, while it still can be.</summary>
    public async Task<SnapshotDone> BringBackAsync(string vault, string id, Person by, CancellationToken cancellationToken) =>
        Changed(id, await ActAsync(vault, id, new(SnapshotAct.BringBack, "", ""), by, cancellationToken), "is back", "was not forgotten");

    /// <summary>Refuses tags that would steer keeping, and what is no tag.</summary>
    /// <exception cref="HoldfastException">Code <c>tags.invalid</c>.</exception>
    internal static void RequireTags(TagsAsked asked)
    {
        IReadOnlyList<string> all = [.. asked.Add ?? [], .. asked.Remove ?? []];
        if (all.Count == 0) throw Invalid("add: neither it nor remove names a tag.");
        if (all.FirstOrDefault(tag => tag.StartsWith(Reserved, StringComparison.Ordinal)) is { } own) throw Invalid($"tags: '{own}' is the product's own; holds and the trash have requests of their own.");
        if (all.FirstOrDefault(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > LongestTag || tag.Contains(',', StringComparison.Ordinal) || tag.Any(char.IsControl)) is { } bad)
            throw Invalid($"tags: '{bad}' is no tag: 1 to {LongestTag} characters, none of them a comma.");
    }

    private async Task<SnapshotDone> TagAsync(string vault, string id, IReadOnlyList<string> add, IReadOnlyList<string> remove, string done, string already, Person by, CancellationToken cancellationToken) =>
        Changed(id, await ActAsync(vault, id, new(SnapshotAct.Tag, "", "", add, remove), by, cancellationToken), done, already);

    private static SnapshotDone Changed(string id, byte[] told, string done, string already) =>
        JsonSerializer.Deserialize(told, MachineJson.Default.ChangedSnapshotArray) is [{ After: { } after }, ..] ? new($"Snapshot {Short(id)} {done}; its id is {Short(after)} now.", after) : new($"Snapshot {Short(id)} {already}.", null);

    private async Task<byte[]> ActAsync(string name, string id, SnapshotActRequest request, Person by, CancellationToken cancellationToken)
    {
        var vault = vaults.Require(name);
        var told = await agent.SendForBytesAsync(
            $"v1/nodes/{Uri.EscapeDataString(vaults.NodeFor(vault))}/snapshots/{Uri.EscapeDataString(id)}", request with { Vault = vault.Location, PasswordFile = vault.PasswordFile }, ApiJson.Default.SnapshotActRequest, by.Caller, cancellationToken);
        try
        {
            await vaults.CatalogueAsync(vault.Name, cancellationToken);
        }
        catch (HoldfastException notNow)
        {
            Log.NotListed(logger, vault.Name, notNow.Message); // It was done all the same, and the keeper lists it again.
        }

        return told;
    }

    private static string Short(string id) => id[..Math.Min(8, id.Length)];

    private static HoldfastException Invalid(string message) => new(ErrorKind.Invalid, "tags.invalid", message, "Nothing was changed.");

    private static partial class Log // Event ids 6380-6399: changed snapshots.
    {
        [LoggerMessage(6380, LogLevel.Warning, "Vault {Vault} could not be listed after a snapshot in it was changed: {Reason}")]
        public static partial void NotListed(ILogger logger, string vault, string reason);
    }
}
