using System.Text.Json;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;
using Holdfast.Management.People;

namespace Holdfast.Management.Tests.People;

public sealed class TokenAreasTests
{
    private static readonly Person Anna = new("anna", AccessLevel.Admin, "10.0.0.1");

    [Fact]
    public void Areas_are_kept_once_and_in_order_and_none_means_all()
    {
        Assert.Empty(TokenAreas.Of(null, Anna));
        Assert.Equal(["cluster", "jobs"], TokenAreas.Of(["jobs", "cluster", "jobs"], Anna).AsEnumerable());
        Assert.Equal("token.invalid", Assert.Throws<HoldfastException>(() => TokenAreas.Of(["nothing"], Anna)).Code);
    }

    [Fact]
    public void Nobody_gives_an_area_that_they_have_not()
    {
        var limited = Anna with { Areas = ["people", "jobs"] };

        Assert.Equal(["jobs"], TokenAreas.Of(["jobs"], limited).AsEnumerable());
        foreach (var more in (string[]?[])[null, [], ["metrics"], ["jobs", "metrics"]]) Assert.Equal("token.invalid", Assert.Throws<HoldfastException>(() => TokenAreas.Of(more, limited)).Code);
    }

    [Fact]
    public void A_build_that_knows_no_areas_never_takes_a_limited_token_for_one_that_may_everything()
    {
        var token = new TokenRecord("1", "x", AccessLevel.Admin, TokenRecord.HashOf("abc", ["jobs"]), DateTimeOffset.MaxValue, "anna") { Areas = ["jobs"] };
        // As it looks for it; and as this build finds it after that one wrote it again.
        Assert.NotEqual("abc", token.Hash);
        Assert.False((token with { Areas = [] }).Has("abc"));

        Assert.True(token.Has("abc"));
        Assert.True((token with { Hash = "abc", Areas = [] }).Has("abc"));
        var read = JsonSerializer.Deserialize("""{"tokens":[{"id":"1","name":"x","level":"viewer","hash":"abc","expires":"2026-11-01T00:00:00Z","by":"anna"}]}""", ManagementJson.Default.PeopleRecord)!;
        Assert.True(read.Tokens[0].Has("abc")); // Of an earlier build.
    }

    [Fact]
    public void What_makes_somebody_whom_no_area_limits_is_in_all_of_them()
    {
        foreach (var (method, path) in ((string, string)[])[("POST", "/session"), ("PUT", "/people/{name}"), ("POST", "/access"), ("POST", "/tokens/join"), ("POST", "/restore")])
            Assert.Equal(ApiArea.Names.Order(StringComparer.Ordinal), ApiArea.Of(method, path).Order(StringComparer.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => ApiArea.Of("GET", "/something-new"));
    }
}
