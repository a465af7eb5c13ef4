using System.Text.Json;
using Holdfast.Agent.Resources;

namespace Holdfast.Cli.Tests;

public sealed class TypesTests
{
    [Fact]
    public async Task Every_type_is_listed_without_an_agent()
    {
        var ran = await CommandLineRun.OfAsync("resource types");
        var json = await CommandLineRun.OfAsync("resource types --json");

        Assert.Equal(0, ran.Exit);
        Assert.All(ResourceTypes.All, type => Assert.Contains($"\n{type.Name} ", ran.Out, StringComparison.Ordinal));
        Assert.Equal(ResourceTypes.All.Select(type => type.Name), JsonDocument.Parse(json.Out).RootElement.EnumerateArray().Select(type => type.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task One_type_shows_its_properties_with_their_defaults()
    {
        var ran = await CommandLineRun.OfAsync("resource types ocf");

        Assert.Contains("agent", ran.Out, StringComparison.Ordinal);
        Assert.Contains("text, required", ran.Out, StringComparison.Ordinal);
        Assert.Contains("The default is 10s.", System.Text.RegularExpressions.Regex.Replace(ran.Out, @"\s+", " "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_type_is_named_with_the_nearest()
    {
        var ran = await CommandLineRun.OfAsync("resource types servise");

        Assert.Equal(2, ran.Exit);
        Assert.Contains("did you mean 'service'?", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_property_says_what_it_is() =>
        Assert.All(ResourceTypes.All.SelectMany(type => type.Properties), rule => Assert.Matches(@"^[A-Z].*\.$", rule.Help));
}
