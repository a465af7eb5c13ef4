using System.Text.RegularExpressions;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Declarations;

/// <summary>What nodes found wrong with a declaration, each mistake once: a program that is missing everywhere is one mistake, not one of every node.</summary>
internal static class NodeFindings
{
    /// <summary>Returns the mistakes in the order in which they were first found, with the nodes they were found on.</summary>
    public static IEnumerable<SpecProblem> Merge(IEnumerable<(NodeName Node, IReadOnlyList<SpecProblem> Problems)> answers) =>
        from answer in answers
        from problem in answer.Problems
        group (answer.Node, problem.Message) by (problem.Path, Regex.Replace(problem.Message, $@"\bnode {Regex.Escape(answer.Node.Value)}(?![\w-])", "this node")) into found
        let nodes = found.Select(one => one.Node.Value).Distinct().ToList()
        select new SpecProblem(found.Key.Path, nodes.Count == 1 ? $"on node {nodes[0]}: {found.First().Message}" : $"on nodes {string.Join(", ", nodes[..^1])} and {nodes[^1]}: {found.Key.Item2}");
}
