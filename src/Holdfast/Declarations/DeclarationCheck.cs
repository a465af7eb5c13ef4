using Holdfast.Agent.Resources;
using Holdfast.Cli.Client;
using Holdfast.Cluster;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Cli.Declarations;

/// <summary>What can be said of a declaration without an agent.</summary>
internal static class DeclarationCheck
{
    public static CheckResult Read(DeclarationFile file)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(file.Text));
            if (yaml.Documents is [{ RootNode: YamlMappingNode root }, ..] && root.Children.TryGetValue("roles", out var node) && node is YamlMappingNode roles)
            {
                return new CheckResult(file.Name, true, [.. roles.Children.Keys.Select(key => key.ToString())], []);
            }
            return new CheckResult(file.Name, false, [], [new SpecProblem("roles", "is missing; a declaration is a map with 'roles'.")]);
        }
        catch (YamlException wrong)
        {
            return new CheckResult(file.Name, false, [], [new SpecProblem($"line {wrong.Start.Line}", wrong.Message)]);
        }
    }

    /// <summary>Every problem in one error, since one line is what a person reads first.</summary>
    public static HoldfastException Refusal(CheckResult result) =>
        new(ErrorKind.Invalid, "config.invalid", $"{result.File}: {string.Join(" ", result.Problems.Select(problem => $"{problem.Path} {problem.Message}"))}", null);
}
