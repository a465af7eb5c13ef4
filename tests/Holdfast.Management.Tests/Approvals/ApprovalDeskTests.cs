using Holdfast.Cluster.Access;
using Holdfast.Management.Approvals;
using Holdfast.Management.People;
using static Holdfast.Management.Tests.Approvals.ApprovalWorld;

namespace Holdfast.Management.Tests.Approvals;

public sealed class ApprovalDeskTests : IDisposable
{
    private readonly ApprovalWorld _world = new();

    [Fact]
    public async Task What_a_second_person_approves_is_carried_out_once_and_both_are_on_record()
    {
        var desk = _world.Desk();
        var asked = await AskAsync(desk, Anna);
        Assert.Empty(_world.Done);

        var done = await desk.ApproveAsync(asked.Id, Berta, asked.Digest, default);

        Assert.Equal((ApprovalState.Done, "Role orders is deleted."), (done.State, done.Outcome));
        Assert.Equal("berta", Assert.Single(_world.Done).DecidedBy);
        Assert.Equal([$"anna asked for what needs a second person ({asked.Id}): Delete a role: orders", $"berta approved Delete a role: orders ({asked.Id}), asked for by anna"], _world.Store.Audit);
        Assert.Equal("approval.decided", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, Berta, asked.Digest, default))).Code);
        Assert.Equal("approval.decided", (await Assert.ThrowsAsync<HoldfastException>(() => _world.Desk().ApproveAsync(asked.Id, Berta, asked.Digest, default))).Code);
        Assert.Single(_world.Done);
    }

    [Fact]
    public async Task Nobody_is_a_second_person_to_themselves_whichever_way_they_come()
    {
        var desk = _world.Desk();
        var byToken = await AskAsync(desk, new Person("token nightly", AccessLevel.Admin, "10.0.0.9", Behind: "anna"));

        Assert.Equal("approval.own", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(byToken.Id, Anna, byToken.Digest, default))).Code);
        var own = await AskAsync(desk, Anna, Request(role: "shop"));
        Assert.Equal("approval.own", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(own.Id, Anna, own.Digest, default))).Code);
        Assert.Equal("approval.own", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(own.Id, new Person("token nightly", AccessLevel.Admin, "", Behind: "anna"), own.Digest, default))).Code);
        Assert.Empty(_world.Done);
    }

    [Fact]
    public async Task A_program_a_node_and_an_operator_approve_nothing()
    {
        var desk = _world.Desk();
        var asked = await AskAsync(desk, Anna);

        Assert.Equal("approval.no-person", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, new Person("token x", AccessLevel.Admin, "", Behind: "berta"), asked.Digest, default))).Code);
        Assert.Equal("approval.no-person", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, new Person("node b", AccessLevel.Admin, ""), asked.Digest, default))).Code);
        Assert.Equal("access.denied", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, Berta with { Level = AccessLevel.Operator }, asked.Digest, default))).Code);
        Assert.Empty(_world.Done);
    }

    [Fact]
    public async Task The_same_request_is_asked_for_once_and_another_body_is_another_request()
    {
        var desk = _world.Desk();
        var first = await AskAsync(desk, Anna, Request("""{"keep":7}"""));

        Assert.Equal(first.Id, (await AskAsync(desk, Anna, Request("""{"keep":7}"""))).Id);
        var other = await AskAsync(desk, Anna, Request("""{"keep":6}"""));
        Assert.NotEqual(first.Id, other.Id);
        Assert.NotEqual(first.Id, (await AskAsync(desk, Berta, Request("""{"keep":7}"""))).Id); // Each waits for somebody else.
        Assert.Equal("approval.other-request", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(other.Id, Berta, first.Digest, default))).Code);
        Assert.Empty(_world.Done);
    }

    [Fact]
    public async Task What_nobody_decided_in_a_day_is_over()
    {
        var desk = _world.Desk();
        var asked = await AskAsync(desk, Anna);
        _world.Clock.Now += TimeSpan.FromDays(1);

        Assert.Equal("approval.expired", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, Berta, asked.Digest, default))).Code);
        Assert.Equal("approval.expired", (await Assert.ThrowsAsync<HoldfastException>(() => desk.RefuseAsync(asked.Id, Berta, null, default))).Code);
        Assert.NotEqual(asked.Id, (await AskAsync(desk, Anna)).Id);
        Assert.Empty(_world.Done);
    }

    [Fact]
    public async Task What_was_refused_or_taken_back_is_not_done()
    {
        var desk = _world.Desk();
        var (refused, back) = (await AskAsync(desk, Anna), await AskAsync(desk, Anna, Request(role: "shop")));

        Assert.Equal("berta refused it: not today", (await desk.RefuseAsync(refused.Id, Berta, "not today", default)).Outcome);
        Assert.Equal("anna took it back.", (await desk.RefuseAsync(back.Id, Anna, null, default)).Outcome);
        Assert.Equal("approval.decided", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(refused.Id, Berta, refused.Digest, default))).Code);
        Assert.Empty(_world.Done);
    }

    [Fact]
    public async Task Of_two_who_approve_at_once_one_has_it_carried_out()
    {
        var asked = await AskAsync(_world.Desk(), Anna);
        var (entered, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _world.Meanwhile = () =>
        {
            entered.TrySetResult();
            return go.Task;
        };
        var (desk, other) = (_world.Desk(), _world.Desk());
        var first = desk.ApproveAsync(asked.Id, Berta, asked.Digest, default);
        await entered.Task;

        Assert.Equal("approval.decided", (await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, new Person("carla", AccessLevel.Admin, ""), asked.Digest, default))).Code);
        Assert.Equal("approval.decided", (await Assert.ThrowsAsync<HoldfastException>(() => other.ApproveAsync(asked.Id, new Person("carla", AccessLevel.Admin, ""), asked.Digest, default).WaitAsync(TimeSpan.FromMinutes(1)))).Code);
        Assert.True(desk.TendAsync(default).IsCompletedSuccessfully); // Its own work in progress is nothing that was left behind.
        go.SetResult();
        await first;

        Assert.Single(_world.Done);
    }

    [Fact]
    public async Task The_next_owner_carries_out_what_the_last_one_only_wrote_down()
    {
        await LeftBehindAsync();

        await _world.Desk().TendAsync(default);

        Assert.Single(_world.Done);
        Assert.Equal(ApprovalState.Done, Assert.Single(_world.Store.All).State);
    }

    [Fact]
    public async Task What_the_last_owner_did_before_it_died_is_not_done_again()
    {
        await LeftBehindAsync();
        _world.Subject = null; // It was deleted; only nobody could write that down.

        await _world.Desk().TendAsync(default);

        Assert.Empty(_world.Done);
        Assert.Equal(ApprovalState.Done, Assert.Single(_world.Store.All).State);
    }

    [Theory]
    [InlineData("changed", true)]
    [InlineData("as it was", false)]
    public async Task Where_nobody_knows_whether_it_was_done_the_next_owner_says_so_and_does_nothing(string subject, bool repeatable)
    {
        await LeftBehindAsync(repeatable ? DestructiveActs.RoleDelete : DestructiveActs.SnapshotRestore);
        _world.Subject = subject;

        await _world.Desk().TendAsync(default);

        Assert.Empty(_world.Done);
        Assert.Equal(ApprovalState.Unknown, Assert.Single(_world.Store.All).State);
    }

    [Fact]
    public async Task What_was_done_while_the_store_did_not_answer_is_written_later_and_not_done_again()
    {
        var desk = _world.Desk();
        var asked = await AskAsync(desk, Anna);
        _world.Meanwhile = () =>
        {
            _world.Store.Failures.Enqueue(false);
            return Task.CompletedTask;
        };

        var done = await desk.ApproveAsync(asked.Id, Berta, asked.Digest, default);
        Assert.Equal(ApprovalState.Done, done.State);
        Assert.Equal(ApprovalState.Running, Assert.Single(_world.Store.All).State);
        await desk.TendAsync(default);
        await desk.TendAsync(default);

        Assert.Single(_world.Done);
        Assert.Equal(ApprovalState.Done, Assert.Single(_world.Store.All).State);
    }

    [Fact]
    public async Task An_approval_whose_answer_was_lost_is_carried_out_once()
    {
        var desk = _world.Desk();
        var asked = await AskAsync(desk, Anna);
        _world.Store.Failures.Enqueue(true);

        await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, Berta, asked.Digest, default));
        await Assert.ThrowsAsync<HoldfastException>(() => desk.ApproveAsync(asked.Id, Berta, asked.Digest, default)); // She tries again.
        await desk.TendAsync(default);
        await desk.TendAsync(default);

        Assert.Single(_world.Done);
    }

    [Fact]
    public async Task There_is_a_bound_to_what_waits_and_to_what_is_remembered()
    {
        var desk = _world.Desk();
        for (var i = 0; i < ApprovalDesk.MostWaiting; i++) await AskAsync(desk, Anna, Request(role: $"r{i}"));

        Assert.Equal("approval.too-many", (await Assert.ThrowsAsync<HoldfastException>(() => AskAsync(desk, Berta))).Code);
        Assert.Equal("approval.too-long", (await Assert.ThrowsAsync<HoldfastException>(() => AskAsync(desk, Berta, Request(new string('x', AskedRequest.LongestBody + 1))))).Code);
        for (var round = 0; round < 6; round++)
        {
            _world.Clock.Now += TimeSpan.FromDays(2);
            for (var i = 0; i < ApprovalDesk.MostWaiting; i++) await AskAsync(desk, Anna, Request(role: $"r{i}"));
        }

        Assert.InRange(_world.Store.All.Count, ApprovalDesk.MostOver, ApprovalDesk.MostOver + ApprovalDesk.MostWaiting);
    }

    public void Dispose() => _world.Dispose();

    // As an owner leaves it that dies right after it wrote that somebody approved.
    private async Task LeftBehindAsync(DestructiveAct? act = null)
    {
        var asked = await AskAsync(_world.Desk(), Anna, act: act);
        await _world.Store.ChangeAsync(asked.Id, present => ApprovalRules.Approve(present!, Berta, asked.Digest, _world.Clock.Now), null, default);
    }
}
