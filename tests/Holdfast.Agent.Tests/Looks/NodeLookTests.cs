using Holdfast.Agent.Api;
using Holdfast.Agent.Looks;
using Holdfast.Cluster;

namespace Holdfast.Agent.Tests.Looks;

public sealed class NodeLookTests
{
    [Theory]
    [InlineData("")]
    [InlineData("warning: the cache is of another vault\n")]
    public void A_list_of_which_nothing_was_left_out_is_whole(string said) => NodeLook.RequireAll(said);

    [Theory]
    [InlineData(1, "A snapshot cannot be read: snapshot 0a1b2c3d")]
    [InlineData(3, "3 snapshots cannot be read: snapshot 0a1b2c3d")]
    public void A_list_of_which_something_was_left_out_is_refused_by_the_name_of_the_first(int missing, string sentence)
    {
        var said = "warning: something else\n" + string.Concat(Enumerable.Range(0, missing).Select(i => $"warning: snapshot 0a1b2c3d{(i == 0 ? "" : i)}{LookRequest.LeftOut}it is damaged.\n"));

        var refused = Assert.Throws<HoldfastException>(() => NodeLook.RequireAll(said));

        Assert.Equal(("look.incomplete", ErrorKind.Conflict), (refused.Code, refused.Kind));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("it is damaged.", refused.Message, StringComparison.Ordinal);
    }
}
