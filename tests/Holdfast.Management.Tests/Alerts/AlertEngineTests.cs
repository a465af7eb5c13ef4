using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

public sealed class AlertEngineTests
{
    private readonly AlertWorld _world = new();

    [Fact]
    public void What_is_seen_again_and_again_is_one_alert_that_is_told_once_and_closes_by_itself()
    {
        var opened = _world.See(AlertWorld.Failed());
        for (var i = 0; i < 10; i++)
        {
            _world.Pass(1);
            Assert.Empty(_world.See(AlertWorld.Failed()));
        }

        var closed = _world.See();

        Assert.Equal((AlertStatus.Open, AlertStatus.Closed), (Assert.Single(opened).Status, Assert.Single(closed).Status));
        Assert.Equal(opened[0].Id, closed[0].Id);
        Assert.Equal(["opened→admins", "closed→admins"], _world.Told);
        Assert.Equal(("Job nightly failed.", "no room", "Make room."), (_world.Sent[0].Message.Sentence, _world.Sent[0].Message.Because, _world.Sent[0].Message.Hint));
    }

    [Fact]
    public void A_source_that_could_not_look_closes_nothing()
    {
        _world.See(AlertWorld.Failed());

        _world.Tell(new AlertInput.Observed("another", []));
        _world.Pass(600);

        Assert.Equal(AlertStatus.Open, _world.Only.Status);
    }

    [Fact]
    public void What_does_not_last_is_not_told()
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("job-failed", AlertTrigger.JobFailed) with { For = TimeSpan.FromMinutes(2) }] };

        _world.See(AlertWorld.Failed());
        _world.Pass(1.9);
        _world.See();
        _world.See(AlertWorld.Failed());
        _world.Pass(1.9);
        Assert.Empty(_world.Sent);
        _world.Pass(0.2);

        Assert.Equal(["opened→admins"], _world.Told);
    }

    [Fact]
    public void Who_is_next_hears_of_it_when_nobody_acknowledged()
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("job-failed", AlertTrigger.JobFailed, (0, "admins"), (30, "boss"))] };

        _world.See(AlertWorld.Failed());
        _world.Pass(29);
        Assert.Equal(["opened→admins"], _world.Told);
        _world.Pass(1);
        _world.Pass(100);
        _world.See();

        Assert.Equal(["opened→admins", "escalated→boss", "closed→admins", "closed→boss"], _world.Told);
    }

    [Fact]
    public void Nobody_else_hears_of_what_somebody_acknowledged()
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("job-failed", AlertTrigger.JobFailed, (0, "admins"), (30, "boss"))] };
        _world.See(AlertWorld.Failed());

        _world.Tell(new AlertInput.Acknowledged(_world.Only.Id, "ann", "I am at it"));
        _world.Pass(300);

        Assert.Equal((AlertStatus.Acknowledged, "ann", "I am at it"), (_world.Only.Status, _world.Only.AcknowledgedBy, _world.Only.Comment));
        Assert.Equal(["opened→admins"], _world.Told);
    }

    [Fact]
    public void What_is_not_open_cannot_be_acknowledged()
    {
        Assert.Equal("alert.not-found", Refusal(new AlertInput.Acknowledged("x", "ann", null)));
        _world.See(AlertWorld.Failed());
        _world.See();

        Assert.Equal("alert.closed", Refusal(new AlertInput.Acknowledged(_world.Only.Id, "ann", null)));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("job:night*")]
    [InlineData("role:nightly")] // What it concerns is enough: the maintenance of a role holds for its job.
    public void While_it_is_muted_nobody_is_told_and_afterwards_of_what_is_still_so(string subject)
    {
        _world.Settings = _world.Settings with { Mutes = [new("m", subject, _world.Now.AddMinutes(60), "kernel update")] };

        _world.See(AlertWorld.Failed(), AlertWorld.Failed("nightly-2") with { Related = ["role:nightly"] });
        _world.Pass(10);
        Assert.Equal("kernel update", _world.State.Alerts["job-failed|job:nightly"].Muted);
        _world.See(AlertWorld.Failed());
        _world.Pass(49);
        Assert.Empty(_world.Sent);
        _world.Pass(1);

        Assert.Equal(["opened→admins"], _world.Told);
        Assert.Null(_world.State.Alerts["job-failed|job:nightly"].Muted);
    }

    [Fact]
    public void A_mute_of_something_else_mutes_nothing()
    {
        _world.Settings = _world.Settings with { Mutes = [new("m", "job:weekly", _world.Now.AddMinutes(60), null)] };

        _world.See(AlertWorld.Failed());

        Assert.Equal(["opened→admins"], _world.Told);
    }

    [Fact]
    public void What_comes_and_goes_is_told_as_that_once_and_is_over_when_it_stays_away()
    {
        for (var i = 0; i < 20; i++)
        {
            _world.See(AlertWorld.Failed());
            _world.Pass(1);
            _world.See();
            _world.Pass(1);
        }

        Assert.True(_world.Only is { Status: AlertStatus.Open, Flapping: true });
        Assert.Equal(["opened→admins", "closed→admins", "opened→admins", "closed→admins", "opened→admins", "closed→admins", "flapping→admins"], _world.Told);
        _world.Pass(14);

        Assert.Equal(AlertStatus.Closed, _world.Only.Status);
        Assert.Equal("closed→admins", _world.Told.Last());
        Assert.Equal(20, _world.Only.Count);
        _world.Pass(60);
        Assert.Empty(_world.State.Alerts);
    }

    [Fact]
    public void What_happens_often_enough_is_an_alert_and_the_same_event_counts_once()
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("flapping", AlertTrigger.RoleFlapping) with { Count = 3, Within = TimeSpan.FromHours(1) }] };
        var start = _world.Now;

        Happen(0, 0, 20, 20);
        Assert.Empty(_world.Sent);
        _world.Pass(50);
        Happen(50);
        Assert.Equal(["opened→admins"], _world.Told);
        Happen(0, 20, 50); // Another owner is told all of it again.
        _world.Pass(59);
        Assert.Equal((AlertStatus.Open, 3), (_world.Only.Status, _world.Only.Count));
        _world.Pass(1);

        Assert.Equal(AlertStatus.Closed, _world.Only.Status);
        Assert.Equal(["opened→admins", "closed→admins"], _world.Told);

        void Happen(params int[] minutes)
        {
            foreach (var minute in minutes) _world.Tell(new AlertInput.Happened(new() { Trigger = AlertTrigger.RoleFlapping, Subject = "role:db", Sentence = "s", Because = "b", Hint = "h" }, start.AddMinutes(minute)));
        }
    }

    [Fact]
    public void What_happened_too_long_ago_in_all_is_no_alert()
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("flapping", AlertTrigger.RoleFlapping) with { Count = 2, Within = TimeSpan.FromHours(1) }] };

        for (var i = 0; i < 5; i++)
        {
            _world.Tell(new AlertInput.Happened(new() { Trigger = AlertTrigger.RoleFlapping, Subject = "role:db", Sentence = "s", Because = "b", Hint = "h" }, _world.Now));
            _world.Pass(61);
        }

        Assert.Empty(_world.Sent);
        Assert.Empty(_world.State.Alerts);
    }

    [Theory]
    [InlineData(AlertTrigger.DiskLow, null, 10, 10.1)]
    [InlineData(AlertTrigger.DiskLow, 3.0, 3, 3.1)]
    [InlineData(AlertTrigger.CertificateExpiring, null, 30 * 86400, (30 * 86400) + 1)]
    [InlineData(AlertTrigger.VerificationOld, 100.0, 100, 99)]
    public void A_number_is_compared_with_the_rule_s_threshold(AlertTrigger trigger, double? threshold, double bad, double good)
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("r", trigger) with { Threshold = threshold }] };

        _world.See(AlertWorld.Failed() with { Trigger = trigger, Value = good });
        Assert.Empty(_world.State.Alerts);
        _world.See(AlertWorld.Failed() with { Trigger = trigger, Value = bad });

        Assert.Equal(AlertStatus.Open, _world.Only.Status);
    }

    [Fact]
    public void A_rule_that_is_switched_off_closes_its_alerts()
    {
        _world.See(AlertWorld.Failed());

        _world.Settings = _world.Settings with { Rules = [_world.Settings.Rules[0] with { Disabled = true }] };
        _world.Pass(0);

        Assert.Equal(AlertStatus.Closed, _world.Only.Status);
    }

    [Fact]
    public void A_policy_s_own_channels_hear_first_and_the_rule_s_next_step_after_them()
    {
        _world.Settings = _world.Settings with { Rules = [AlertWorld.Rule("job-failed", AlertTrigger.JobFailed, (0, "admins"), (30, "admins"))] };

        _world.See(AlertWorld.Failed() with { Channels = ["boss", "nobody"] });
        _world.Pass(30);

        Assert.Equal(["opened→boss", "escalated→admins"], _world.Told);
    }

    /// <summary>Any sequence, any time: no message twice, what was told open is told closed, bounds hold, and a state that went through the store goes on as the one that did not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_no_message_comes_twice_and_every_alert_that_was_told_is_told_to_be_over(int seed)
    {
        var random = new Random(seed);
        string[] jobs = ["a", "b", "c"];
        for (var round = 0; round < 8; round++)
        {
            var world = new AlertWorld
            {
                Settings = new([AlertWorld.Rule("r1", AlertTrigger.JobFailed, (0, "admins"), (5, "boss")), AlertWorld.Rule("r2", AlertTrigger.JobFailed) with { For = TimeSpan.FromMinutes(3) }, AlertWorld.Rule("r3", AlertTrigger.RoleFlapping) with { Count = 2 }, AlertWorld.Rule("r4", AlertTrigger.ChannelFailing)],
                    ["admins", "boss"], []),
            };
            for (var step = 0; step < 200; step++)
            {
                var input = random.Next(8) switch
                {
                    0 or 1 => (AlertInput)new AlertInput.Observed(AlertWorld.Source, [.. jobs.Where(_ => random.Next(2) == 0).Select(job => AlertWorld.Failed(job, $"reason {random.Next(3)}"))]),
                    2 => new AlertInput.Happened(AlertWorld.Failed() with { Trigger = AlertTrigger.RoleFlapping }, world.Now.AddMinutes(-random.Next(90))),
                    3 when world.State.Outbox.Length > 0 => new AlertInput.NotDelivered(world.State.Outbox[random.Next(world.State.Outbox.Length)].Id, "no route", random.Next(4) == 0),
                    4 when world.State.Alerts.Values.FirstOrDefault(alert => alert.Status == AlertStatus.Open) is { } open => new AlertInput.Acknowledged(open.Id, "ann", null),
                    5 => new AlertInput.Tick(),
                    _ when world.State.Outbox.Length > 0 => new AlertInput.Delivered(world.State.Outbox[0].Id),
                    _ => new AlertInput.Tick(),
                };
                if (random.Next(10) == 0) world.Settings = world.Settings with { Mutes = random.Next(2) == 0 ? [] : [new("m", "job:a", world.Now.AddMinutes(random.Next(60)), "test")] };

                var stored = JsonSerializer.Deserialize(JsonSerializer.Serialize(world.State, AlertJson.Default.AlertState), AlertJson.Default.AlertState)!;
                var again = AlertEngine.Step(stored, input, world.Settings, world.Now);
                world.Tell(input);

                Assert.Equal(JsonSerializer.Serialize(world.State, AlertJson.Default.AlertState), JsonSerializer.Serialize(again.State, AlertJson.Default.AlertState));
                world.Pass(random.Next(4));
            }

            world.Settings = world.Settings with { Mutes = [] };
            world.See();
            for (var i = 0; i < 10; i++)
            {
                world.Pass(30);
                world.Deliver();
            }

            Assert.Empty(world.State.Alerts);
            Assert.Equal(world.Sent.Count, world.Sent.Select(delivery => delivery.Id).Distinct().Count());
            foreach (var told in world.Sent.Where(delivery => delivery.Message.Kind is not "test").GroupBy(delivery => (delivery.Message.Alert, delivery.Channel)))
                Assert.Equal("closed", told.Last().Message.Kind);
        }
    }

    [Fact]
    public void A_flood_is_bounded_and_what_was_left_out_is_counted()
    {
        _world.See([.. Enumerable.Range(0, AlertState.MostAlerts + 20).Select(i => AlertWorld.Failed($"j{i:0000}"))]);

        Assert.Equal((AlertState.MostAlerts, AlertState.MostDeliveries), (_world.State.Alerts.Count, _world.State.Outbox.Length));
        Assert.Equal(20 + AlertState.MostAlerts - AlertState.MostDeliveries, _world.State.Dropped);
        _world.See(AlertWorld.Failed("j0000"), AlertWorld.Failed("new"));
        Assert.Contains("job-failed|job:new", _world.State.Alerts.Keys);
    }

    [Fact]
    public void The_state_at_its_bounds_fits_into_one_document_of_the_store()
    {
        var longest = new string('x', 1000);
        _world.See([.. Enumerable.Range(0, AlertState.MostAlerts).Select(i => AlertWorld.Failed($"{i:0000}-gold-srv-something-long-12345678") with { Sentence = longest, Because = longest, Hint = longest })]);

        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(_world.State, AlertJson.Default.AlertState).Length, 100_000, 1_000_000);
    }

    private string? Refusal(AlertInput input) => Assert.Throws<HoldfastException>(() => AlertEngine.Step(_world.State, input, _world.Settings, _world.Now)).Code;
}
