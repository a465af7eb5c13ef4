using System.Collections.Immutable;
using System.Text;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Store.Backup;
using Holdfast.Store.Memory;
using Holdfast.Store.Registry;

namespace Holdfast.Store.Tests.Backup;

public sealed class BackupTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private static readonly ClusterSettings Settings = new() { Id = "c1", Name = "office", Profile = "lan", Generation = 1 };

    private readonly MemoryClusterStore _store = new();

    [Fact]
    public async Task What_was_written_is_read_again_byte_for_byte()
    {
        await FillAsync("web", "mail");

        var backup = await TakeAsync();
        var read = BackupFile.Read(BackupFile.Write(backup));

        Assert.Equal((Settings, Now, "a", "memory", backup.Revision), (read.Cluster, read.TakenAt, read.TakenBy, read.StoreId, read.Revision));
        Assert.Equal(backup.Records.Keys, read.Records.Keys);
        Assert.All(backup.Records, record => Assert.Equal(record.Value.ToArray(), read.Records[record.Key].ToArray()));
    }

    [Fact]
    public async Task What_is_only_true_of_the_moment_is_left_out()
    {
        await FillAsync("web");
        await _store.MustCommitAsync(Transactions.Writes(("leases/a", "{}"), ("placements/web", "{}"), ("status/web", "{}"), ("health/a", "{}"), ("doctor/a", "0"), ("tokens/t", "{}"), ("settings/planner", "{}"), ("jobs/nightly", "{}"), ("secrets/mail", "{}")));

        Assert.Equal(["jobs/nightly", "roles/web", "secrets/mail", "settings/cluster"], (await TakeAsync()).Records.Keys);
    }

    [Fact]
    public async Task The_first_line_says_what_the_file_is()
    {
        await FillAsync("web");

        var first = Encoding.UTF8.GetString(BackupFile.Write(await TakeAsync())).Split('\n')[0];

        Assert.StartsWith("""{"format":"holdfast-cluster-backup","version":1,"cluster":{"id":"c1","name":"office",""", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_lost_or_changed_any_byte_is_refused()
    {
        await FillAsync("web");
        var file = BackupFile.Write(await TakeAsync());

        for (var i = 0; i < file.Length; i++)
        {
            var cut = Assert.Throws<HoldfastException>(() => BackupFile.Read(file.AsMemory(0, i)));
            byte[] changed = [.. file];
            changed[i] ^= 1;
            var error = Assert.Throws<HoldfastException>(() => BackupFile.Read(changed));
            Assert.All([cut, error], e => Assert.StartsWith("backup.", e.Code, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_backup_of_a_newer_version_is_refused_by_name()
    {
        var error = Assert.Throws<HoldfastException>(() => BackupFile.Read("""{"format":"holdfast-cluster-backup","version":2,"cluster":{"id":"a","name":"b","profile":"lan","generation":1},"takenAt":"2026-05-04T03:02:01+00:00","takenBy":"a","storeId":"s","revision":1}"""u8.ToArray().Append((byte)'\n').ToArray()));

        Assert.Equal("backup.newer", error.Code);
    }

    [Fact]
    public async Task Restoring_in_place_brings_back_changes_and_deletions_and_takes_new_roles_offline()
    {
        await FillAsync("web", "mail");
        await _store.MustCommitAsync(Transactions.Writes(("jobs/nightly", """{"at":"02:00"}"""), ("nodes/a", "{}")));
        var backup = await TakeAsync();
        var placement = await _store.MustCommitAsync(Transactions.Writes(("placements/mail", "{}"), ("jobs/nightly", """{"at":"03:00"}"""), ("jobs/hourly", "{}"), ("nodes/a", """{"x":1}"""), ("roles/mail", null)));
        await _store.MustCommitAsync(Role("new"));

        await RestoreAsync(backup);

        var after = await _store.ReadAsync("", CancellationToken.None);
        Assert.Equal(backup.Records["roles/web"].Text(), after.Records["roles/web"].Value.Text());
        Assert.Equal(backup.Records["roles/mail"].Text(), after.Records["roles/mail"].Value.Text());
        Assert.Equal("""{"at":"02:00"}""", after.Records["jobs/nightly"].Value.Text());
        Assert.False(after.Records.ContainsKey("jobs/hourly"));
        Assert.Equal("""{"x":1}""", after.Records["nodes/a"].Value.Text()); // Who is a member is not undone.
        Assert.Equal(placement, after.Records["placements/mail"].Revision); // The tombstone's epochs go on.
        var added = RegistryJson.Decode(after.Records["roles/new"].Value, RegistryJson.Default.RoleSpec);
        Assert.Equal((true, DesiredState.Offline), (added.Deleting, added.Desired));
        Assert.Empty(RestorePlan.Steps(backup.Records, after).Where(step => step.Key != "roles/new"));
    }

    [Fact]
    public async Task A_key_that_was_rotated_since_is_not_put_back_and_secrets_under_it_are_known_to_be()
    {
        await FillAsync("web");
        var (unrotated, first) = (await TakeAsync(), Key(1));
        await _store.MustCommitAsync(Transactions.Writes(("settings/cluster-key", first), ("secrets/mail", "{}")));
        var backup = await TakeAsync();
        var same = await _store.ReadAsync("", CancellationToken.None);
        await _store.MustCommitAsync(Transactions.Writes(("settings/cluster-key", Key(2))));
        var rotated = await _store.ReadAsync("", CancellationToken.None);

        Assert.DoesNotContain(RestorePlan.Steps(backup.Records, rotated), step => step.Key == "settings/cluster-key");
        Assert.True(backup.IsSealedLike(same));
        Assert.False(backup.IsSealedLike(rotated) || unrotated.IsSealedLike(same));

        static string Key(byte hash) => Encoding.UTF8.GetString(RegistryJson.Encode(new ClusterKeyRecord(hash, [hash], ImmutableSortedDictionary<string, SealedEnvelope>.Empty), RegistryJson.Default.ClusterKeyRecord).Span);
    }

    [Fact]
    public async Task A_restore_of_many_roles_fits_into_transactions_and_is_refused_when_anything_changed_meanwhile()
    {
        await FillAsync([.. Enumerable.Range(0, 3000).Select(i => $"role-{i}")]);
        var backup = await TakeAsync();
        await using var empty = new MemoryClusterStore("other");

        var present = await empty.ReadAsync("", CancellationToken.None);
        var transactions = RestorePlan.Transactions(RestorePlan.Steps(backup.Records, present), present).ToList();
        foreach (var transaction in transactions) await empty.MustCommitAsync(transaction);

        Assert.InRange(transactions.Count, 3, 10);
        var after = await empty.ReadAsync("", CancellationToken.None);
        Assert.Equal(3000, after.Records.Keys.Count(key => key.StartsWith("roles/", StringComparison.Ordinal)));
        Assert.Equal(3000, after.Records.Keys.Count(key => key.StartsWith("placements/", StringComparison.Ordinal)));
        foreach (var transaction in transactions) Assert.IsType<CommitOutcome.Conflict>(await empty.CommitAsync(transaction, CancellationToken.None));
    }

    [Fact]
    public async Task A_role_that_cannot_be_read_refuses_the_whole_backup()
    {
        await FillAsync("web");
        var backup = await TakeAsync();

        var error = Assert.Throws<HoldfastException>(() => RestorePlan.Steps(backup.Records.SetItem("roles/other", backup.Records["roles/web"]), new StoreView("s", 1, ImmutableSortedDictionary<string, StoreRecord>.Empty)));

        Assert.Equal("backup.damaged", error.Code);
        Assert.Contains("roles/other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_authority_of_another_founding_is_never_restored() => Assert.False(RestorePlan.Covers("secrets/authority-key"));

    [Fact]
    public void A_fresh_generation_is_above_what_is_known_and_differs_from_the_record_s_next()
    {
        Assert.Equal(8, Generations.Fresh(7, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero))); // A clock that is wrong.
        Assert.True(Generations.Fresh(7, Now) > 8);
        Assert.True(Generations.Fresh(Generations.Fresh(7, Now), Now) > Generations.Fresh(7, Now));
    }

    private static StoreTransaction Role(string name) => new([], [new($"roles/{name}", RegistryJson.Encode(new RoleSpec { Name = new RoleName(name) }, RegistryJson.Default.RoleSpec))]);

    private async Task FillAsync(params string[] roles)
    {
        await _store.MustCommitAsync(new([], [new(RegistryKeys.Settings, RegistryJson.Encode(Settings, RegistryJson.Default.ClusterSettings))]));
        foreach (var role in roles) await _store.MustCommitAsync(Role(role));
    }

    private async Task<ClusterBackup> TakeAsync() => ClusterBackup.Of(await _store.ReadAsync("", CancellationToken.None), "a", Now);

    private async Task RestoreAsync(ClusterBackup backup)
    {
        var present = await _store.ReadAsync("", CancellationToken.None);
        foreach (var transaction in RestorePlan.Transactions(RestorePlan.Steps(backup.Records, present), present)) await _store.MustCommitAsync(transaction);
    }
}
