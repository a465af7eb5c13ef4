using Holdfast.Reliability.Tests.Programs;

namespace Holdfast.Reliability.Tests.Damage;

/// <summary>A flipped bit in each kind of file: found, named, and nothing else harmed.</summary>
public sealed class DamagedVaultTests(HealthyVault healthy) : IClassFixture<HealthyVault>, IDisposable
{
    private readonly TempFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(DamagedPart.Index, 1, "check.index-damaged")]
    [InlineData(DamagedPart.Snapshot, 1, "check.snapshot-damaged")]
    [InlineData(DamagedPart.Lock, 0, "check.lock-damaged")]
    [InlineData(DamagedPart.PackHeader, 1, "check.pack-damaged")]
    [InlineData(DamagedPart.DataBlob, 1, "check.blob-damaged")]
    [InlineData(DamagedPart.TreeBlob, 1, "check.blob-damaged")]
    public async Task A_check_names_the_file_and_what_it_means(DamagedPart part, int exit, string code)
    {
        var (vault, file) = await healthy.DamageAsync(_scratch["vault"], part);

        var check = await Tools.HoldfastAsync("vault", "check", "--read-data", "--vault", vault);

        Assert.True(exit == check.Exit, check.ToString());
        Assert.Contains(check.Output.Split('\n'), line => line.Contains(file, StringComparison.Ordinal) && line.EndsWith($"[{code}]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DamagedPart.Index)]
    [InlineData(DamagedPart.Snapshot)]
    [InlineData(DamagedPart.Lock)]
    [InlineData(DamagedPart.PackHeader)]
    [InlineData(DamagedPart.DataBlob)]
    [InlineData(DamagedPart.TreeBlob)]
    public async Task What_does_not_need_the_damaged_part_restores(DamagedPart part)
    {
        var (vault, _) = await healthy.DamageAsync(_scratch["vault"], part);

        await Tools.SucceedAsync("restore", "--vault", vault, "--target", _scratch["restored"], healthy.FirstId);

        Assert.Equal(SourceTree.DigestOf(healthy.First), SourceTree.DigestOf(_scratch["restored"] + healthy.First));
    }

    [Theory]
    [InlineData(DamagedPart.Index, 4, "restore.incomplete")]
    [InlineData(DamagedPart.Snapshot, 4, "vault.damaged")]
    [InlineData(DamagedPart.DataBlob, 4, "restore.incomplete")]
    [InlineData(DamagedPart.TreeBlob, 4, "restore.incomplete")]
    public async Task A_restore_that_needs_it_says_so(DamagedPart part, int exit, string code)
    {
        var (vault, _) = await healthy.DamageAsync(_scratch["vault"], part);

        var restore = await Tools.HoldfastAsync("restore", "--vault", vault, "--target", _scratch["restored"], healthy.SecondId);

        Assert.True(exit == restore.Exit, restore.ToString());
        Assert.Contains($"[{code}]", restore.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_latest_that_may_not_be_the_latest_is_told()
    {
        var (vault, file) = await healthy.DamageAsync(_scratch["vault"], DamagedPart.Snapshot);

        var restore = await Tools.HoldfastAsync("restore", "--vault", vault, "--target", _scratch["restored"], "latest");

        Assert.True(restore.Exit == 0, restore.ToString());
        Assert.Contains($"warning: {file} is left out", restore.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_damaged_file_all_others_of_its_snapshot_restore()
    {
        var (vault, _) = await healthy.DamageAsync(_scratch["vault"], DamagedPart.DataBlob);

        await Tools.HoldfastAsync("restore", "--vault", vault, "--target", _scratch["restored"], healthy.SecondId);

        string[] names = ["one", "two", "sub/file"];
        Assert.Equal(2, names.Count(name => File.ReadAllBytes(Path.Combine(healthy.Second, name)).SequenceEqual(ReadOrNone(_scratch["restored"] + healthy.Second + "/" + name))));
    }

    [Theory]
    [InlineData(DamagedPart.Config, "vault.damaged")]
    [InlineData(DamagedPart.Key, "vault.key-damaged")]
    public async Task Without_config_or_key_nothing_opens_and_the_file_is_named(DamagedPart part, string code)
    {
        var (vault, file) = await healthy.DamageAsync(_scratch["vault"], part);

        var check = await Tools.HoldfastAsync("vault", "check", "--vault", vault);

        Assert.True(check.Exit == 4, check.ToString());
        Assert.Contains(file, check.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"[{code}]", check.Errors.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DamagedPart.Index, 4, "vault.damaged")] // It would store again what that file lists.
    [InlineData(DamagedPart.Snapshot, 0, "")]
    [InlineData(DamagedPart.Lock, 0, "")]
    [InlineData(DamagedPart.PackHeader, 0, "")]
    [InlineData(DamagedPart.DataBlob, 0, "")]
    [InlineData(DamagedPart.TreeBlob, 0, "")]
    public async Task A_backup_goes_on_where_it_can_and_says_why_where_it_cannot(DamagedPart part, int exit, string code)
    {
        var (vault, _) = await healthy.DamageAsync(_scratch["vault"], part);

        var backup = await Tools.HoldfastAsync("backup", "--vault", vault, healthy.First);

        Assert.True(exit == backup.Exit, backup.ToString());
        if (exit != 0) Assert.Contains($"[{code}]", backup.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_key_still_opens_when_the_first_is_damaged_and_a_check_names_that()
    {
        var (vault, file) = await healthy.DamageAsync(_scratch["vault"], DamagedPart.Key);
        await healthy.AddKeyAsync(vault, file, "other");

        var check = await Tools.HoldfastWithAsync("other", "vault", "check", "--vault", vault);

        Assert.True(check.Exit == 1, check.ToString());
        Assert.Contains(check.Output.Split('\n'), line => line.Contains(file, StringComparison.Ordinal) && line.EndsWith("[check.key-damaged]", StringComparison.Ordinal));
    }

    private static byte[] ReadOrNone(string file) => File.Exists(file) ? File.ReadAllBytes(file) : [];
}
