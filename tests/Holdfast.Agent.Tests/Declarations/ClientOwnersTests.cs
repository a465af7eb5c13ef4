using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;

namespace Holdfast.Agent.Tests.Declarations;

/// <summary>Members a and b, and a client machine, laptop.</summary>
public sealed class ClientOwnersTests
{
    private const string Job = "resources: { job: { type: job, run: command, command: [/bin/true] } }";
    private const string Service = "resources: { main: { type: process, command: [/bin/true] } }";

    [Theory]
    [InlineData($"possible-owners: [laptop], {Job}")]
    [InlineData($"possible-owners: [a, b], {Service}")]
    [InlineData($"preferred-owners: [b], {Job}")]
    [InlineData(Service)]
    public void A_client_machine_may_have_jobs_that_are_its_alone(string role) => Assert.Empty(Problems(role));

    [Theory]
    [InlineData($"possible-owners: [laptop], {Service}", "roles.x.possible-owners", "is given nothing but jobs")]
    [InlineData($"possible-owners: [a, laptop], {Job}", "roles.x.possible-owners", "takes turns with nobody")]
    [InlineData($"preferred-owners: [laptop], {Job}", "roles.x.preferred-owners", "takes turns with nobody")]
    [InlineData($"mode: everywhere, possible-owners: [laptop], {Service}", "roles.x.possible-owners", "is given nothing but jobs")]
    public void Everything_else_that_names_one_is_refused(string role, string path, string sentence)
    {
        var problem = Assert.Single(Problems(role));

        Assert.Equal(path, problem.Path);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<SpecProblem> Problems(string role)
    {
        var view = ClusterView.Empty;
        foreach (var (name, kind) in new[] { ("a", NodeKind.Member), ("b", NodeKind.Member), ("laptop", NodeKind.Client) })
            view = view with { Nodes = view.Nodes.SetItem(new(name), new(new() { Name = new(name), Kind = kind, Voter = false, Address = "10.0.0.1", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "f" }, 1)) };
        var declared = DeclarationReader.Read($"roles: {{ x: {{ {role} }} }}", "x.yaml", [.. view.Nodes.Keys]);
        declared.ThrowIfInvalid();
        return [.. ClientOwners.Validate(declared.Roles, view)];
    }
}
