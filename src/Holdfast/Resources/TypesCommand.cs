using System.CommandLine;
using Holdfast.Agent.Resources;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Resources;

/// <summary>A resource type as <c>resource types --json</c> prints it.</summary>
internal sealed record TypeInfo(string Name, IReadOnlyList<TypeProperty> Properties);

/// <summary>One of its properties.</summary>
/// <param name="Name">Its key in declarations.</param>
/// <param name="Shape"><c>text</c>, <c>list</c> or <c>map</c>.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="InPlace">Whether a change of it restarts nothing.</param>
/// <param name="Help">What it is, with its default and bounds.</param>
internal sealed record TypeProperty(string Name, string Shape, bool Required, bool InPlace, string Help);

/// <summary><c>holdfast resource types</c>: what a declaration may say. Needs no agent.</summary>
internal static class TypesCommand
{
    public static Verb Create()
    {
        var type = new Argument<string?>("TYPE") { Description = "One type, to see its properties.", Arity = ArgumentArity.ZeroOrOne };
        return new Verb("types", "List the types of resources, or the properties of one.", "holdfast resource types", "holdfast resource types service") { type }
            .Does((run, _) =>
            {
                IReadOnlyList<IResourceType> shown = run.Get(type) is { } name ? [ResourceTypes.Require(name)] : ResourceTypes.All;
                run.Report.Result(
                    [.. shown.Select(Describe)], NodeApiJson.Printed.TypeInfoArray,
                    all => (run.Get(type) is null ? TableOf(all) : PropertiesOf(all[0])).Write(run.Report.Out, run.Report.Palette, run.Report.Width));
                return Task.CompletedTask;
            });
    }

    private static TypeInfo Describe(IResourceType type) =>
        new(type.Name, [.. type.Properties.Select(rule => new TypeProperty(rule.Name, rule.Shape.ToString().ToLowerInvariant(), rule.Required, rule.InPlace, rule.Help))]);

    private static TextTable TableOf(TypeInfo[] types)
    {
        var table = new TextTable("TYPE", "NEEDS", "TAKES");
        foreach (var type in types) table.Row(type.Name, Names(type, required: true), Names(type, required: false));
        return table;
    }

    private static TextTable PropertiesOf(TypeInfo type)
    {
        var table = new TextTable("PROPERTY", "IS", "CHANGE", "HELP");
        foreach (var property in type.Properties) table.Row(property.Name, property.Required ? $"{property.Shape}, required" : property.Shape, property.InPlace ? "in place" : "restarts", property.Help);
        return table;
    }

    private static string Names(TypeInfo type, bool required) => string.Join(", ", type.Properties.Where(property => property.Required == required).Select(property => property.Name));
}
