using Holdfast.Agent.Declarations;
using Holdfast.Management.Policies;
using PolicyText = Holdfast.Management.Policies.PolicyText;

namespace Holdfast.Management.Tests.Policies;

public sealed class PolicyDocumentsTests
{
    private const string Mixed = """
        # What the cluster runs, and how it is protected.
        roles:
          web: { resources: { service: { type: process, command: [/bin/true], user: nobody } } }
        --- # the policy
        kind: Policy
        name: gold
        description: |
          two lines, the second of which is
          kind: Job
        things: [{ tree: /srv, with: web }]
        vaults: office
        schedule: every 1h
        ---
        { kind: Job, name: sweep, run: command, command: [/bin/true], user: nobody }
        --- { kind: Policy, name: bronze, things: [{ tree: /srv }], vaults: office, schedule: every 1d }
        """;

    [Fact]
    public void Policies_and_everything_else_are_taken_apart()
    {
        var documents = PolicyDocuments.Of(Mixed);

        var (policies, problems) = PolicyText.Read(documents.Policies, "mixed.yaml");
        var others = DeclarationReader.Read(documents.Others, "mixed.yaml", null);

        Assert.Empty(problems);
        Assert.Empty(others.Problems);
        Assert.Equal(["gold", "bronze"], policies.Select(policy => policy.Name));
        Assert.Equal("two lines, the second of which is\nkind: Job\n", policies[0].Description);
        Assert.Equal(["web", "sweep"], others.Roles.Select(role => role.Name.Value));
    }

    [Fact]
    public void A_mistake_is_told_with_the_line_that_it_has_in_the_file()
    {
        var documents = PolicyDocuments.Of(Mixed.Replace("schedule: every 1h", "schedul: every 1h", StringComparison.Ordinal).Replace("run: command", "runs: command", StringComparison.Ordinal));

        Assert.Contains(PolicyText.Read(documents.Policies, "mixed.yaml").Problems, problem => problem is { Path: "schedul", Line: 12 });
        Assert.Contains(DeclarationReader.Read(documents.Others, "mixed.yaml", null).Problems, problem => problem.Line == 14);
    }

    [Theory]
    [InlineData("roles: {}", false)]
    [InlineData("kind: Policy", true)]
    [InlineData("{ kind: Job, name: Policy }", false)]
    [InlineData("kind: Policy\nname: [", false)]
    [InlineData("", false)]
    public void Whether_there_is_a_policy_is_known_of_every_text(string yaml, bool has)
    {
        Assert.Equal(has, PolicyDocuments.HasPolicy(yaml));
        if (!has) Assert.Equal(yaml, PolicyDocuments.Of(yaml).Others); // As it came, for whoever says what is wrong with it.
    }
}
