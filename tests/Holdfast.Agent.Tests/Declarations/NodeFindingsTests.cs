using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Tests.Declarations;

public sealed class NodeFindingsTests
{
    [Fact]
    public void A_mistake_that_several_nodes_find_is_one_mistake()
    {
        var found = NodeFindings.Merge([Missing("a"), Missing("a-b"), Missing("c")]);

        Assert.Equal([new SpecProblem("roles.web.command", "on nodes a, a-b and c: there is no program '/x' on this node.")], found);
    }

    [Fact]
    public void Different_mistakes_stay_apart()
    {
        (NodeName, IReadOnlyList<SpecProblem>) other = (new("b"), [new("roles.web.command", "there is no program '/y' on node b."), new("roles.web.user", "there is no program '/x' on node b.")]);

        var found = NodeFindings.Merge([Missing("a"), other]);

        Assert.Equal(["on node a: there is no program '/x' on node a.", "on node b: there is no program '/y' on node b.", "on node b: there is no program '/x' on node b."], found.Select(problem => problem.Message));
    }

    private static (NodeName Node, IReadOnlyList<SpecProblem> Problems) Missing(string node) => (new(node), [new("roles.web.command", $"there is no program '/x' on node {node}.")]);
}
