using Holdfast.Agent.Api;
using Holdfast.Agent.Recovery;

namespace Holdfast.Agent.Tests.Recovery;

public sealed class LeftBehindTests
{
    private static readonly PeerStanding Recovered = new("c1", 7, "new", Quorate: true, Member: false);

    [Fact]
    public void A_later_generation_of_another_store_without_this_node_shows_it() => Assert.True(LeftBehind.Shows(Recovered, "c1", 1, "old"));

    [Fact]
    public void It_is_shown_also_to_a_node_that_never_learnt_which_store_it_followed() => Assert.True(LeftBehind.Shows(Recovered, "c1", 0, null));

    [Fact]
    public void Nothing_else_shows_it()
    {
        Assert.False(LeftBehind.Shows(Recovered with { ClusterId = "c2" }, "c1", 1, "old"));
        Assert.False(LeftBehind.Shows(Recovered with { Generation = 1 }, "c1", 1, "old"));
        Assert.False(LeftBehind.Shows(Recovered with { StoreId = "old" }, "c1", 1, "old")); // A restored configuration; this member lags.
        Assert.False(LeftBehind.Shows(Recovered with { StoreId = null }, "c1", 1, "old"));
        Assert.False(LeftBehind.Shows(Recovered with { Member = true }, "c1", 1, "old"));
        Assert.False(LeftBehind.Shows(new("c1", 1, "old", Quorate: true, Member: false), "c1", 7, "new")); // The other one was.
    }
}
