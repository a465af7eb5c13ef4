using System.CommandLine;
using System.Text.Json;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Declarations;
using Holdfast.Cluster;
using Holdfast.Management.Compliance;
using Holdfast.Management.Policies;

namespace Holdfast.Cli.Policies;

/// <summary><c>holdfast policy …</c>: what the management service keeps and carries out, asked for through this node's agent.</summary>
internal static class PolicyCommands
{
    public static VerbGroup Create() => new(
        "policy", "What is protected, where to, when and how well; declared with 'kind: Policy' in 'holdfast apply'.", "holdfast policy list", "holdfast policy preview -f policies.yaml")
    {
        List(),
        Show(),
        Preview(),
        Delete(),
    };

    private static Verb List() => new Verb("list", "List the policies.", "holdfast policy list")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Policies, () => PolicyJson.Default.ImmutableArrayPolicy, policies =>
        {
            PolicyTables.WriteList(policies, run.Report);
            return Task.CompletedTask;
        }, cancellationToken));

    private static Verb Show()
    {
        var name = Name();
        return new Verb("show", "Show a policy as it is declared, and how what it protects is protected now.", "holdfast policy show gold") { name }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Policy(run.Get(name)), () => PolicyJson.Default.Policy, async policy =>
            {
                run.Report.Line(PolicyText.Write(policy).TrimEnd());
                PolicyTables.WriteThings(await run.Agent.GetAsync(NodeApi.ThingsOf(policy.Name), ComplianceJson.Default.ImmutableArrayThingCompliance, cancellationToken), run.Report);
            }, cancellationToken));
    }

    private static Verb Preview()
    {
        var file = ApplyCommand.File();
        return new Verb("preview", "Show what policies of a file would protect, which jobs they would make, change and retire, and what to know about them. Nothing is changed.", "holdfast policy preview -f policies.yaml") { file }
            .Does(async (run, cancellationToken) =>
            {
                var declaration = await DeclarationFile.ReadAsync(run, run.Get(file), cancellationToken);
                var (policies, problems) = PolicyText.Read(PolicyDocuments.Of(declaration.Text).Policies, declaration.Name);
                if (!problems.IsEmpty) throw Agent.Declarations.DeclarationErrors.Of(problems);
                if (policies.IsEmpty) throw new HoldfastException(ErrorKind.Invalid, "declaration.no-policy", $"{declaration.Name} declares no policy.", "A policy is a document with 'kind: Policy'.");
                foreach (var policy in policies)
                {
                    var preview = await run.Agent.PostAsync($"{NodeApi.Policy(policy.Name)}/preview", policy, PolicyJson.Default.Policy, PolicyJson.Default.PolicyPreview, cancellationToken);
                    run.Report.Result(preview, PolicyJson.Default.PolicyPreview, seen => PolicyTables.WritePreview(policy.Name, seen, run.Report));
                }
            });
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Confirmation.Option();
        return new Verb("delete", "Delete a policy and its jobs. Its snapshots stay, and nothing removes them any more.", "holdfast policy delete gold") { name, yes }
            .Does(async (run, cancellationToken) =>
            {
                Confirmation.Ask(run, yes, $"Delete policy {run.Get(name)} and its jobs? Its snapshots stay.");
                run.Report.Done(await run.Agent.DeletePolicyAsync(run.Get(name), cancellationToken));
            });
    }

    private static Argument<string> Name() => new("POLICY") { Description = "The policy." };
}
