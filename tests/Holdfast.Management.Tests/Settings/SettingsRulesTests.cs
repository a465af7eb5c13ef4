using System.Text.Json;
using Holdfast.Management.Settings;

namespace Holdfast.Management.Tests.Settings;

public sealed class SettingsRulesTests
{
    [Fact]
    public void What_the_product_comes_with_is_right() => Assert.Empty(SettingsRules.Validate(new()));

    [Fact]
    public void What_is_left_out_is_as_it_came_and_a_name_that_means_nothing_is_refused()
    {
        var read = JsonSerializer.Deserialize("""{"history":{"eventsDays":30},"secondPerson":{"acts":["node.evict"]}}""", SettingsJson.Default.ManagementSettings)!;

        Assert.Equal((30, 400, 12, 24, 100), (read.History.Events, read.History.Audit, read.Sessions.Hours, read.SecondPerson.ExpiresHours, read.RequestsPerSecond));
        Assert.True(read.SecondPerson is { IsOn: true, All: false } && read.SecondPerson.Names("node.evict") && !read.SecondPerson.Names("role.delete"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"history":{"eventDays":30}}""", SettingsJson.Default.ManagementSettings));
    }

    [Fact]
    public void Every_mistake_is_named_by_its_field()
    {
        var wrong = new ManagementSettings(new(Operations: 0, Events: 36_501), new(Hours: 0, LongestTokenDays: 4000), new(Acts: ["node.evict", "node.evct"], ExpiresHours: 0), "holdfast.example.org/console", 1);

        Assert.Equal(
            ["history.operationsDays", "history.eventsDays", "sessions.hours", "sessions.longestTokenDays", "secondPerson.expiresHours", "requestsPerSecond", "secondPerson.acts[1]", "consoleAddress"],
            SettingsRules.Validate(wrong).Select(problem => problem.Field));
    }

    [Theory]
    [InlineData("https://holdfast.example.org:7400", true)]
    [InlineData("https://[2001:db8::1]:7400/", true)]
    [InlineData("https://anna:secret@holdfast.example.org", false)]
    [InlineData("https://holdfast.example.org/console", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("holdfast.example.org", false)]
    public void Links_lead_to_an_address_and_nowhere_else(string address, bool isRight) => Assert.Equal(isRight, SettingsRules.Validate(new(ConsoleAddress: address)).IsEmpty);

    [Theory]
    [InlineData(false, "node.evict,role.delete", false, "node.evict", true)]
    [InlineData(true, "", false, "node.evict", true)]
    [InlineData(false, "node.evict", false, "", true)]
    [InlineData(false, "node.evict", true, "", false)]
    [InlineData(false, "node.evict", false, "role.delete,node.evict", false)]
    [InlineData(false, "", false, "", false)]
    public void Fewer_acts_are_looser(bool allBefore, string before, bool allAfter, string after, bool isLooser) =>
        Assert.Equal(isLooser, SettingsRules.Loosens(new(allBefore, Acts(before)), new(allAfter, Acts(after))));

    [Fact]
    public void A_shorter_memory_and_what_differs_are_told()
    {
        var (before, after) = (new ManagementSettings(), new ManagementSettings(new(Audit: 30, Events: 100), SecondPerson: new(Acts: ["role.delete"])));

        Assert.Equal("audit", Assert.Single(SettingsRules.Shortened(before.History, after.History)));
        Assert.Equal("history.eventsDays 90 → 100, history.auditDays 400 → 30, secondPerson.acts none → role.delete", SettingsText.Difference(before, after));
        Assert.Equal("", SettingsText.Difference(before, before with { Revision = "x" }));
    }

    private static string[] Acts(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
