using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Copying;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault copy</c></summary>
internal static class CopyCommand
{
    public static Verb Create()
    {
        var (access, other, choice, names) = (new VaultAccess(), new OtherVault(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.Several());
        return choice.AddTo(other.AddTo(access.AddWritingTo(new Verb("copy", "Copy snapshots from another vault into this one. What is there already is not copied again.",
            "holdfast vault copy --from-vault /srv/vault --vault /mnt/second") { names })))
            .Does(async (run, cancellationToken) =>
            {
                await using var source = await other.OpenAsync(run, access.Connection, cancellationToken);
                await using var reading = await ReadLock.TakeAsync(run, source.Repository, cancellationToken);
                await using var target = await LockedVault.OpenAsync(run, access, exclusive: false, cancellationToken);
                var all = await LockedVault.SnapshotsAsync(run, source.Repository, cancellationToken);
                await CopyAsync(run, source, target, choice.Choose(run, all, run.Get(names)), cancellationToken);
            });
    }

    public static async Task CopyAsync(Invocation run, OpenedVault source, LockedVault target, IReadOnlyList<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        await source.Repository.LoadIndexAsync(cancellationToken);
        await target.Repository.LoadIndexAsync(cancellationToken);
        var copier = new Copier(source.Repository, target.Repository);
        if (!copier.ShareCuts) run.Report.Warn("The two vaults cut files differently: the copies share nothing with what is backed up there. To avoid that, make the vault with: holdfast vault init --copy-chunker-params-from");
        var copied = 0;
        await foreach (var outcome in copier.CopyAsync(snapshots, target.Lock, cancellationToken))
        {
            if (!outcome.WasThere) copied++;
            if (run.Json) run.Report.JsonLine(new CopyLine(outcome.Source.Id, outcome.Copy.Id, outcome.WasThere, outcome.Blobs, outcome.AddedBytes), KeepingJson.Default.CopyLine);
            run.Report.Line(outcome.WasThere ? $"{outcome.Source.ShortId} is there already as {outcome.Copy.ShortId}." : $"{outcome.Source.ShortId} was copied to {outcome.Copy.ShortId}: {SizeText.Format(outcome.AddedBytes)} were added.");
        }

        run.Report.Line($"{Phrases.Count(copied, "snapshot was", "snapshots were")} copied.");
    }
}
