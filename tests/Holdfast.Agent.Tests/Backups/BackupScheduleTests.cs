using Holdfast.Agent.Backups;

namespace Holdfast.Agent.Tests.Backups;

public sealed class BackupScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Fact]
    public void A_node_without_a_backup_takes_one_at_once_and_the_next_a_day_later()
    {
        Assert.Equal(TimeSpan.Zero, BackupSchedule.DueIn([], Now));
        Assert.Equal(TimeSpan.FromHours(20), BackupSchedule.DueIn([BackupSchedule.NameOf(Now.AddHours(-4))], Now));
        Assert.Equal(TimeSpan.Zero, BackupSchedule.DueIn([BackupSchedule.NameOf(Now.AddHours(-24))], Now));
    }

    [Fact]
    public void A_backup_from_the_future_keeps_a_node_from_nothing() =>
        Assert.Equal(TimeSpan.Zero, BackupSchedule.DueIn([BackupSchedule.NameOf(Now.AddYears(3)), BackupSchedule.NameOf(Now.AddDays(-2))], Now));

    [Fact]
    public void The_newest_are_kept_and_nothing_else_is_touched()
    {
        var ours = Enumerable.Range(0, 20).Select(day => BackupSchedule.NameOf(Now.AddDays(day))).ToList();

        var surplus = BackupSchedule.Surplus([.. ours, "mine.backup", "cluster-.backup", "cluster-20260101T000000Z.backup.new"]).Order().ToList();

        Assert.Equal(ours.Take(20 - BackupSchedule.Kept), surplus);
    }
}
