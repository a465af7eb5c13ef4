using System.Collections.Immutable;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

public sealed class TakeoverForecastTests
{
    private static readonly TimeSpan Wait = Duration + Margin;

    [Fact]
    public void A_role_that_never_started_has_no_forecast() => Assert.Null(TakeoverForecast.OfLoss(With().View, R("db"), N("b")).Expected);

    [Fact]
    public void A_loss_takes_the_wait_for_the_lease_less_half_a_renewal_the_deciding_and_the_start()
    {
        var told = TakeoverForecast.OfLoss(With(Loss("b", start: 200, whole: Wait.TotalMilliseconds + 240)).View, R("db"), N("b"));

        Assert.Equal(Wait - Milliseconds(50) + Milliseconds(40 + 200), told.Expected);
        Assert.Contains("1 measured start on b", told.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public void Starts_on_the_node_itself_count_before_those_elsewhere()
    {
        var scene = With(Loss("c", start: 900), Move("b", start: 100), Loss("c", start: 900));

        Assert.Equal(TakeoverForecast.OfLoss(scene.View, R("db"), N("c")).Expected - Milliseconds(800), TakeoverForecast.OfLoss(scene.View, R("db"), N("b")).Expected);
    }

    [Fact]
    public void One_odd_start_does_not_decide()
    {
        var scene = With(Loss("b", start: 9000), Loss("b", start: 110), Loss("b", start: 100));

        Assert.Equal(Wait - Milliseconds(50) + Milliseconds(15 + 110), TakeoverForecast.OfLoss(scene.View, R("db"), N("b")).Expected);
    }

    [Fact]
    public void A_move_waits_for_no_lease_but_for_the_leaving()
    {
        var told = TakeoverForecast.OfMove(With(Move("b", start: 100, whole: 350), Loss("b", start: 150)).View, R("db"), N("b"));

        Assert.Equal(Milliseconds(250 + 100), told.Expected);
    }

    [Fact]
    public void A_status_of_an_older_version_has_no_measures() => Assert.Empty(new RoleStatus
    {
        Role = R("db"), Node = N("a"), Epoch = Epoch.None, State = OnlineState.Online, Reason = "", Takeovers = default,
    }.Takeovers);

    private static Scene With(params ImmutableArray<TakeoverMeasure> measures)
    {
        var scene = Of("a", "b", "c").Role("db").OnlineOn("db", "a");
        var status = scene.View.Statuses[R("db")];
        return scene with { View = scene.View with { Statuses = scene.View.Statuses.SetItem(R("db"), status with { Value = status.Value with { Takeovers = measures } }) } };
    }

    private static TakeoverMeasure Loss(string to, double start, double? whole = null) => new(N(to), ChangeKind.NodeLost, Milliseconds(start), whole is { } w ? Milliseconds(w) : null);

    private static TakeoverMeasure Move(string to, double start, double? whole = null) => new(N(to), ChangeKind.PlannedMove, Milliseconds(start), whole is { } w ? Milliseconds(w) : null);

    private static TimeSpan Milliseconds(double time) => TimeSpan.FromMilliseconds(time);
}
