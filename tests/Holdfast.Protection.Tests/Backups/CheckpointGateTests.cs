using Holdfast.Protection.Backups;

namespace Holdfast.Protection.Tests.Backups;

public sealed class CheckpointGateTests
{
    [Fact]
    public async Task Who_would_read_too_far_ahead_waits_for_a_checkpoint()
    {
        var gate = new CheckpointGate(100);
        Assert.True(gate.EnterAsync(60, default).IsCompletedSuccessfully);
        var second = gate.EnterAsync(60, default).AsTask();
        Assert.False(second.IsCompleted);

        gate.AddSaved(60);
        await gate.DueAsync(default); // Somebody waits, so at once.
        Assert.False(second.IsCompleted);
        gate.Publish(60);

        await second;
    }

    [Fact]
    public async Task A_checkpoint_is_due_when_more_than_a_third_is_saved()
    {
        var gate = new CheckpointGate(90);
        Assert.True(gate.EnterAsync(90, default).IsCompletedSuccessfully);

        gate.AddSaved(30);
        var due = gate.DueAsync(default);
        Assert.False(due.IsCompleted);
        gate.AddSaved(1);

        await due;
    }

    [Fact]
    public async Task There_is_no_second_checkpoint_of_the_same()
    {
        var gate = new CheckpointGate(90);
        Assert.True(gate.EnterAsync(90, default).IsCompletedSuccessfully);
        gate.AddSaved(40);
        await gate.DueAsync(default);

        var next = gate.DueAsync(default);
        gate.Publish(0); // It could tell of nothing: the first file is not at its end.
        Assert.False(next.IsCompleted);
        gate.AddSaved(1);

        await next;
    }

    [Fact]
    public void What_was_not_read_after_all_makes_room()
    {
        var gate = new CheckpointGate(100);
        Assert.True(gate.EnterAsync(100, default).IsCompletedSuccessfully);

        gate.Correct(-40);

        Assert.True(gate.EnterAsync(40, default).IsCompletedSuccessfully);
        Assert.False(gate.EnterAsync(1, default).IsCompleted);
    }

    [Fact]
    public async Task A_wait_ends_when_the_run_is_given_up()
    {
        var gate = new CheckpointGate(100);
        using var giveUp = new CancellationTokenSource();
        var wait = gate.EnterAsync(101, giveUp.Token).AsTask();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
