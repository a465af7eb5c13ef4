using Holdfast.Agent.Membership;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Tests.Membership;

public sealed class TokenUseTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly JoinToken Token = JoinToken.Create("fingerprint", "10.0.0.1:7443");
    private static readonly NodeName C = new("c");
    private static readonly byte[] OurKey = [1, 2, 3];
    private static readonly byte[] OtherKey = [1, 2, 4];
    private static readonly TokenRecord Fresh = Token.ToRecord(Now.AddHours(1));

    [Fact]
    public void A_machine_whose_join_broke_off_may_ask_again()
    {
        var used = Use(Fresh, C, OurKey);

        Assert.Equal("c", used.UsedBy);
        Assert.Same(used, Use(used, C, OurKey, Record(C)));
    }

    [Fact]
    public void A_used_token_admits_no_second_machine()
    {
        var used = Use(Fresh, C, OurKey);

        Assert.Equal("token.used", CodeOf(() => Use(used, C, OtherKey, Record(C))));
        Assert.Equal("token.used", CodeOf(() => Use(used, new NodeName("d"), OurKey)));
        Assert.Equal("token.used", CodeOf(() => Use(used, new NodeName("d"), OtherKey)));
    }

    [Fact]
    public void An_evicted_node_cannot_come_back_with_its_old_token()
    {
        var used = Use(Fresh, C, OurKey);

        Assert.Equal("token.used", CodeOf(() => Use(used, C, OurKey, Record(C) with { Intent = NodeIntent.Evicted })));
        Assert.Equal("token.used", CodeOf(() => Use(used, C, OurKey)));
    }

    [Fact]
    public void A_name_is_free_again_once_it_was_evicted()
    {
        Assert.Equal("node.exists", CodeOf(() => Use(Fresh, C, OurKey, Record(C))));
        Assert.Equal("c", Use(Fresh, C, OurKey, Record(C) with { Intent = NodeIntent.Evicted }).UsedBy);
    }

    [Fact]
    public void What_is_no_token_or_too_old_is_refused()
    {
        Assert.Equal("token.unknown", CodeOf(() => Use(null, C, OurKey)));
        Assert.Equal("token.unknown", CodeOf(() => TokenUse.By(C, Fresh, new byte[24], OurKey, null, Now)));
        Assert.Equal("token.expired", CodeOf(() => Use(Fresh with { Expires = Now }, C, OurKey)));
    }

    private static TokenRecord Use(TokenRecord? token, NodeName node, byte[] key, NodeRecord? known = null) => TokenUse.By(node, token, Token.Secret, key, known, Now);

    private static string CodeOf(Action use) => Assert.Throws<HoldfastException>(use).Code;

    private static NodeRecord Record(NodeName node) => new()
    {
        Name = node, Kind = NodeKind.Member, Voter = true, Address = "10.0.0.3", ApiPort = 7443, Intent = NodeIntent.Active, CertificateFingerprint = "AB",
    };
}
