using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repairing;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault repair …</c></summary>
internal static class RepairCommands
{
    public static VerbGroup Create() => new("repair", "Repair a damaged vault, step by step. Each step only says what it would do, until it is told to --apply it.",
        "holdfast vault repair index --vault /srv/vault", "holdfast vault repair snapshots --apply --vault /srv/vault")
    {
        Index(),
        Packs(),
        Snapshots(),
    };

    private static Verb Index()
    {
        var (access, apply) = (new VaultAccess(), Apply());
        var all = new Option<bool>("--read-all-packs") { Description = "Read the headers of all packs, not only of those that no index lists rightly." };
        return access.AddTo(new Verb("index", "Make the index say what is in the packs, and forget packs that are gone.", "holdfast vault repair index --vault /srv/vault", "holdfast vault repair index --read-all-packs --apply --vault /srv/vault") { apply, all })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: true, cancellationToken);
                var repair = new IndexRepair(vault.Repository);
                var plan = await repair.PlanAsync(run.Get(all), cancellationToken);
                List<string> found =
                [
                    .. plan.Damaged.Select(file => $"{file} cannot be read and goes"),
                    .. plan.Lost.Select(pack => $"data/{pack} is gone and is listed no more"),
                    .. plan.Read.Select(pack => $"data/{pack} is listed by its header"),
                    .. plan.Unreadable.Select(Unreadable),
                ];
                if (run.Get(apply) && !plan.IsClean) await repair.RunAsync(plan, vault.Lock, cancellationToken);
                Show(run, run.Get(apply), found, []);
            });
    }

    private static Verb Packs()
    {
        var (access, apply) = (new VaultAccess(), Apply());
        var packs = new Argument<string[]>("PACK") { Description = "The id of a damaged pack, as check names it.", Arity = ArgumentArity.OneOrMore };
        return access.AddTo(new Verb("packs", "Take what can be read out of damaged packs into new ones, and remove them.", "holdfast vault repair packs 1c3ee50bd35e9e1d2bf5e5bf6a3a0d5e8ad4cba4e1ebcb8b5ba20a7ff0f4a1b2 --vault /srv/vault") { packs, apply })
            .Does(async (run, cancellationToken) =>
            {
                var ids = run.Get(packs).Select(text => BlobId.TryParse(text.Replace("data/", "", StringComparison.Ordinal), out var id) ? id : throw new UsageException("pack-id", $"'{text}' is no id of a pack.", "Give all 64 digits, as check names them.")).ToHashSet();
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: true, cancellationToken);
                await vault.Repository.LoadIndexAsync(cancellationToken);
                var salvage = new PackSalvage(vault.Repository, run.Surroundings.Time);
                var plan = await salvage.PlanAsync(ids, cancellationToken);
                if (run.Get(apply)) await salvage.RunAsync(plan, vault.Lock, cancellationToken);
                Show(run, run.Get(apply), [.. plan.Select(pack => $"data/{pack.Pack}: {pack.Whole.Count} blobs can be read, {pack.Damaged.Count} are lost")], []);
            });
    }

    private static Verb Snapshots()
    {
        var (access, choice, names, apply) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.Several(), Apply());
        var forget = new Option<bool>("--forget") { Description = "Remove each snapshot of which a repaired form was written." };
        return choice.AddTo(access.AddTo(new Verb("snapshots", "Write snapshots that lost data anew with what is left of them.", "holdfast vault repair snapshots --vault /srv/vault", "holdfast vault repair snapshots --apply --forget --vault /srv/vault") { names, apply, forget }))
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: true, cancellationToken);
                await vault.Repository.LoadIndexAsync(cancellationToken);
                var repair = new SnapshotRepair(vault.Repository);
                // Before trees are written here.
                var unlisted = await repair.CountUnlistedPacksAsync(cancellationToken);
                List<SnapshotChange> changes = [];
                var there = await LockedVault.SnapshotsAsync(run, vault.Repository, cancellationToken);
                foreach (var before in choice.Choose(run, there, run.Get(names), trash: true))
                {
                    if (await repair.RepairAsync(before, rehearse: !run.Get(apply), cancellationToken) is not { } after) continue;
                    if (unlisted > 0 && changes.Count == 0) TellUnlisted(run, unlisted, isRefused: run.Get(apply) && run.Get(forget));
                    changes.Add(new("repaired", before.Id, run.Get(apply) ? (await repair.SaveAsync(before, after, there, run.Get(forget), vault.Lock, cancellationToken)).Id : null));
                }

                Show(run, run.Get(apply), [.. repair.Changes.Select(tree => $"tree {tree.Tree}: {tree.Reason}")], changes);
            });
    }

    // A snapshot that is forgotten cannot be had back when what it lacked is found again.
    private static void TellUnlisted(Invocation run, int packs, bool isRefused)
    {
        var (message, hint) = ($"{Phrases.Count(packs, "pack is", "packs are")} in no index: what seems to be lost may be in {(packs == 1 ? "it" : "them")}.", "First: holdfast vault repair index --apply");
        if (isRefused) throw new HoldfastException(ErrorKind.Conflict, "repair.index-first", message, hint);
        run.Report.Warn($"{message} {hint}");
    }

    private static string Unreadable(UnreadablePack pack) =>
        (pack.Kept == 0 ? $"data/{pack.Pack} is left out" : $"data/{pack.Pack} keeps {pack.Kept} of the {pack.Kept + pack.Forgotten} blobs that it was listed with; repair packs finds out which are whole") + $": {pack.Reason}";

    private static Option<bool> Apply() => new("--apply") { Description = "Do it, instead of only saying what would be done." };

    private static void Show(Invocation run, bool applied, IReadOnlyList<string> found, IReadOnlyList<SnapshotChange> snapshots) =>
        run.Report.Result(new RepairLine(applied, found, snapshots), KeepingJson.Default.RepairLine, _ =>
        {
            foreach (var sentence in found) run.Report.Line(sentence);
            foreach (var (_, before, after) in snapshots) run.Report.Line(after is null ? $"snapshot {before[..8]} would be written anew" : $"snapshot {before[..8]} is {after[..8]} now");
            run.Report.Line(found.Count + snapshots.Count == 0 ? "There is nothing to repair." : applied ? "Repaired." : "Nothing was changed. To do it, add --apply.");
        });
}
