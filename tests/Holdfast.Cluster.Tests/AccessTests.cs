using Holdfast.Cluster.Access;

namespace Holdfast.Cluster.Tests;

public sealed class AccessTests
{
    private static readonly AccessRecord Office = AccessRecord.Empty
        .With(new("user:alice", AccessLevel.Viewer)).With(new("group:ops", AccessLevel.Operator)).With(new("user:root-too", AccessLevel.Admin));

    [Fact]
    public void The_highest_of_what_a_caller_is_granted_counts()
    {
        Assert.Equal(AccessLevel.Viewer, Office.LevelOf("user:alice"));
        Assert.Equal(AccessLevel.Operator, Office.LevelOf("user:alice", "group:ops"));
        Assert.Equal(AccessLevel.None, Office.LevelOf("user:ops", "group:alice"));
        Assert.Equal(AccessLevel.None, Office.LevelOf([]));
    }

    [Fact]
    public void A_grant_takes_the_place_of_the_one_before()
    {
        var lowered = Office.With(new("group:ops", AccessLevel.Viewer));

        Assert.Equal(AccessLevel.Viewer, lowered.LevelOf("group:ops"));
        Assert.Equal(Office.Grants.Length, lowered.Grants.Length);
        Assert.Equal(AccessLevel.None, lowered.Without("group:ops").LevelOf("group:ops"));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("user:")]
    [InlineData("user:-rf")]
    [InlineData("certificate:abc")]
    [InlineData("node:a")]
    [InlineData("user:a b")]
    [InlineData("user:alice\n")]
    public void Nobody_in_particular_cannot_be_granted_anything(string subject) =>
        Assert.Equal("access.subject", Assert.Throws<HoldfastException>(() => Office.With(new(subject, AccessLevel.Viewer))).Code);

    [Fact]
    public void What_is_not_granted_cannot_be_taken_back() => Assert.Equal("access.not-found", Assert.Throws<HoldfastException>(() => Office.Without("user:bob")).Code);

    [Theory]
    [InlineData("GET", "/v1/roles", AccessLevel.Viewer)]
    [InlineData("POST", "/v1/roles/{role}/move", AccessLevel.Operator)]
    [InlineData("POST", "/v1/nodes/{node}/drain", AccessLevel.Operator)]
    [InlineData("POST", "/v1/nodes/{node}/evict", AccessLevel.Admin)]
    [InlineData("POST", "/v1/nodes/{node}/confirm-down", AccessLevel.Admin)]
    [InlineData("POST", "/v1/apply", AccessLevel.Admin)]
    [InlineData("POST", "/v1/roles/{role}/resources", AccessLevel.Admin)]
    [InlineData("DELETE", "/v1/roles/{role}", AccessLevel.Admin)]
    [InlineData("POST", "/v1/tokens", AccessLevel.Admin)]
    [InlineData("POST", "/v1/access", AccessLevel.Admin)]
    [InlineData("POST", "/v1/schedulers/{node}/stop", AccessLevel.Operator)]
    [InlineData("GET", "/v1/jobs/{job}/calendar", AccessLevel.Viewer)]
    [InlineData("DELETE", "/v1/calendars/{calendar}", AccessLevel.Admin)]
    [InlineData("GET", "/v1/nodes/{node}/settings", AccessLevel.Viewer)]
    [InlineData("PUT", "/v1/nodes/{node}/settings", AccessLevel.Admin)]
    [InlineData("POST", "/v1/something-new", AccessLevel.Admin)]
    [InlineData("POST", null, AccessLevel.Admin)]
    [InlineData("GET", "/v1/backup", AccessLevel.Admin)]
    [InlineData("DELETE", "/v1/cluster/maintenance", AccessLevel.Operator)]
    public void What_changes_something_needs_an_administrator_unless_it_is_for_operators(string method, string? route, AccessLevel needed) =>
        Assert.Equal(needed, AccessRules.Needed(method, route));

    [Theory]
    [InlineData("/v1/nodes/{node}/evict", false, true)]
    [InlineData("/v1/nodes/{node}/evict", true, true)] // A word that means nothing to it hides nothing.
    [InlineData("/v1/apply", false, true)]
    [InlineData("/v1/apply", true, false)]
    [InlineData("/v1/nodes/{node}/settings", false, true)]
    [InlineData("/v1/nodes/{node}/look", false, false)]
    [InlineData("/v1/nodes/{node}/test", false, false)]
    [InlineData("/v1/management/documents/{name}", false, false)]
    [InlineData("/v1/management/service/{**path}", false, false)]
    [InlineData(null, true, true)]
    public void The_audit_has_what_changes_something(string? route, bool dryRun, bool isRecorded) => Assert.Equal(isRecorded, AccessRules.IsRecorded(route, dryRun));
}
