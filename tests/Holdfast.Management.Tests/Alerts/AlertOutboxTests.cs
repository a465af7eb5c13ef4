using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

public sealed class AlertOutboxTests
{
    private readonly AlertWorld _world = new();

    [Fact]
    public void A_message_that_did_not_arrive_is_tried_again_ever_less_often_under_the_same_id_until_a_day_is_over()
    {
        _world.See(AlertWorld.Failed());
        var (id, start, waits) = (_world.Sent[0].Id, _world.Now, new List<double>());

        while (_world.State.Outbox.Length > 0)
        {
            var delivery = Assert.Single(_world.State.Outbox);
            waits.Add((delivery.NextTry - _world.Now).TotalSeconds);
            _world.Pass(delivery.NextTry - _world.Now);
            Assert.Equal(id, Assert.Single(AlertEngine.Due(_world.State, _world.Now)).Id);
            _world.Tell(new AlertInput.NotDelivered(id, "no route", false));
        }

        Assert.Equal([0, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800], waits.Take(11));
        Assert.InRange(_world.Now - start, TimeSpan.FromDays(1), TimeSpan.FromDays(1.1));
    }

    [Fact]
    public void What_would_be_the_same_again_is_not_tried_again()
    {
        _world.See(AlertWorld.Failed());

        _world.Tell(new AlertInput.NotDelivered(_world.Sent[0].Id, "no such mailbox", true));

        Assert.Empty(_world.State.Outbox);
        Assert.Equal("no such mailbox", _world.State.Failing["admins"]);
    }

    [Fact]
    public void A_channel_that_fails_is_told_of_on_the_others_until_something_arrives_on_it()
    {
        _world.Settings = _world.Settings with { Rules = [.. _world.Settings.Rules, AlertWorld.Rule("channel-failing", AlertTrigger.ChannelFailing, (0, "admins"), (1, "boss"))] };
        _world.See(AlertWorld.Failed());

        for (var i = 0; i < 3; i++) _world.Tell(new AlertInput.NotDelivered(_world.Sent[0].Id, "no route", false));
        _world.Pass(1);
        _world.Tell(new AlertInput.Delivered(_world.Sent[0].Id));

        Assert.Equal(["opened→admins", "escalated→boss", "closed→boss"], _world.Told);
        Assert.Empty(_world.State.Failing);
    }

    [Fact]
    public void What_is_for_a_channel_that_is_no_more_is_left_out()
    {
        _world.See(AlertWorld.Failed());

        _world.Settings = _world.Settings with { Channels = ["boss"] };
        _world.Pass(0);

        Assert.Empty(_world.State.Outbox);
    }

    [Fact]
    public void A_test_is_sent_once_and_never_again()
    {
        _world.Tell(new AlertInput.Test("boss", "ann", "7"));
        Assert.Equal(["test→boss"], _world.Told);

        _world.Tell(new AlertInput.NotDelivered(_world.Sent[0].Id, "no route", false));

        Assert.Empty(_world.State.Outbox);
    }
}
