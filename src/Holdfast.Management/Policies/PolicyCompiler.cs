using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Cluster.Naming;

namespace Holdfast.Management.Policies;

/// <summary>
/// Turns a policy into the jobs that do it: pure. What it says about schedules, windows and the like is what applying the jobs by hand would say, because the same reader is asked, only with
/// the policy's field.
/// </summary>
public static class PolicyCompiler
{
    /// <summary>Compiles a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="vaults">Every vault that can be named.</param>
    /// <param name="inventory">What there is to protect. What a machine that is down told before belongs to it.</param>
    public static CompiledPolicy Compile(Policy policy, IReadOnlyCollection<PolicyVault> vaults, PolicyInventory inventory)
    {
        var problems = PolicyValidator.Validate(policy).ToList();
        var warnings = new List<PolicyProblem>();
        foreach (var stranger in policy.Vaults.Where(name => !string.IsNullOrWhiteSpace(name) && vaults.All(vault => vault.Name != name)))
            problems.Add(new("vaults", NearestName.Sentence("vault", stranger, vaults.Select(vault => vault.Name))));
        if (problems.Count > 0) return new(policy.Name, [.. problems], [], [], []);

        var (things, untold) = ThingResolver.Resolve(policy, inventory, problems, warnings);
        CheckKeepOfDatabases(policy, things, problems);
        var nodes = inventory.Nodes.Where(node => node.RunsJobs).Select(node => new NodeName(node.Name)).ToList();
        var jobs = new SortedDictionary<string, PolicyJob>(StringComparer.Ordinal);
        foreach (var vault in policy.Vaults.Distinct().Select(name => vaults.First(vault => vault.Name == name)))
        {
            foreach (var (purpose, thing, text) in JobsOf(policy, things, vault)) Add(new Draft(purpose, thing, vault.Name, text), nodes, jobs, problems);
        }

        if (problems.Count == 0) warnings.AddRange(PolicyAdvice.Of(policy, jobs.Values));
        return new(policy.Name, [.. problems.Distinct()], [.. warnings.Distinct()], things, [.. jobs.Values]) { Untold = untold };
    }

    private static IEnumerable<(string Purpose, ProtectedThing? Thing, JobText Text)> JobsOf(Policy policy, ImmutableArray<ProtectedThing> things, PolicyVault vault)
    {
        foreach (var thing in things)
        {
            var backup = PolicyNames.Of(policy.Name, thing.Key, vault.Name, thing.Name, null);
            yield return ("backup", thing, thing.Server is null ? Files(policy, thing, vault, backup) : Database(policy, thing, thing.Server, vault, backup));
            if (thing.Server?.Spool is not null) yield return ("log", thing, Log(policy, thing, thing.Server, vault, $"{backup}-log"));

            // Snapshots of a database carry its name as their host, all others that of their job: what this prunes and proves is what this policy made.
            var host = thing.Server is null ? backup : thing.Name;
            if (!policy.Retention.Keep.IsEmpty) yield return ("prune", thing, Prune(policy, thing, vault, $"{backup}-prune", host));
            if (policy.Verification.ProofWhen is not null) yield return ("proof", thing, Proof(policy, thing, vault, $"{backup}-proof", host));
        }

        if (policy.Verification.CheckWhen is not null) yield return ("check", null, Check(policy, vault));
    }

    private static JobText Files(Policy policy, ProtectedThing thing, PolicyVault vault, string name) =>
        Begin(policy, thing, vault, name, "backup").AddPlace(thing, policy.Schedule).Add(policy.Schedule)
            .Add("paths", thing.Paths).Add("exclude", thing.Exclude).Add("tags", [$"hf:thing={thing.Key.Replace(',', '_')}"]); // A comma separates tags.

    private static JobText Database(Policy policy, ProtectedThing thing, DatabaseServer server, PolicyVault vault, string name) =>
        Begin(policy, thing, vault, name, "database").AddPlace(thing, policy.Schedule).Add(policy.Schedule)
            .Add("database", thing.Name).Add("engine", server.Engine).Add("data", server.Data).Add("superuser", server.User).Add("socket", server.Socket);

    // Log is what is lost between two backups, so it goes three times as often as the objective asks, and needs no window: there is little of it.
    private static JobText Log(Policy policy, ProtectedThing thing, DatabaseServer server, PolicyVault vault, string name) =>
        Begin(policy, thing, vault, name, "database").AddPlace(thing, policy.Schedule)
            .Add("schedule", $"every {Durations.Format(TimeSpan.FromSeconds(Math.Clamp(Math.Floor((policy.Rpo ?? TimeSpan.FromMinutes(15)).TotalSeconds / 3), 10, 3600)))}").Add("retries", policy.Schedule.Rules.GetValueOrDefault("retries"))
            .Add("database", thing.Name).Add("type", "log").Add("spool", server.Spool);

    private static JobText Prune(Policy policy, ProtectedThing thing, PolicyVault vault, string name, string host) =>
        Begin(policy, thing, vault, name, "prune").AddPlace(null, policy.Schedule)
            .Add("schedule", policy.Retention.When ?? string.Create(CultureInfo.InvariantCulture, $"{PolicyNames.Spread(name, 60)} {1 + PolicyNames.Spread(name + "h", 4)} * * 0")).Add("zone", policy.Schedule.Zone)
            .Add("host", host).Add("keep", policy.Retention.Keep).Add("delay", policy.Retention.Delay);

    private static JobText Proof(Policy policy, ProtectedThing thing, PolicyVault vault, string name, string host) =>
        Begin(policy, thing, vault, name, "proof").AddPlace(null, policy.Schedule)
            .Add("schedule", policy.Verification.ProofWhen).Add("zone", policy.Schedule.Zone).Add("host", host).Add("scratch", policy.Verification.Scratch).Add("sample", policy.Verification.Sample);

    private static JobText Check(Policy policy, PolicyVault vault)
    {
        var name = PolicyNames.Of(policy.Name, "check", vault.Name, vault.Name, "check");
        return Begin(policy, null, vault, name, "check").AddPlace(null, policy.Schedule)
            .Add("schedule", policy.Verification.CheckWhen).Add("zone", policy.Schedule.Zone).Add("read", policy.Verification.CheckRead)
            .Add("history", policy.Verification.CheckRead is null ? null : $"/var/lib/holdfast/{name}.read");
    }

    private static JobText Begin(Policy policy, ProtectedThing? thing, PolicyVault? vault, string name, string run) =>
        new JobText(name, run).Add("policy", policy.Name).Add("thing", thing?.Key).Add("vault", vault?.Location).Add("password-file", vault?.PasswordFile)
            .Add("user", policy.User).Add("desired", policy.Suspended ? "offline" : "online");

    private static void Add(Draft draft, IReadOnlyCollection<NodeName> nodes, SortedDictionary<string, PolicyJob> jobs, List<PolicyProblem> problems)
    {
        var (name, text) = (draft.Text.Name, draft.Text.ToString());
        var read = DeclarationReader.Read(text, name, nodes);
        // That no job can run on the node that has a thing is told already, of the thing.
        foreach (var problem in read.Problems.Where(problem => draft.Thing?.Node is null || !problem.Path.EndsWith(".possible-owners", StringComparison.Ordinal))) problems.Add(new(JobFields.Of(draft.Purpose, problem.Path), problem.Message));
        if (!read.Problems.IsEmpty) return;
        if (!jobs.TryAdd(name, new PolicyJob(name, draft.Purpose, draft.Thing?.Key, draft.Vault, text, read.Roles.Single())))
            problems.Add(new("things", $"has {draft.Thing?.Key ?? draft.Vault}, whose job would be called {name} like another's; rename the policy.")); // One in four thousand million.
    }

    /// <summary>Rules that count would let log go between two bases, and with it every point in time after it.</summary>
    private static void CheckKeepOfDatabases(Policy policy, ImmutableArray<ProtectedThing> things, List<PolicyProblem> problems)
    {
        if (things.FirstOrDefault(thing => thing.Server?.Spool is not null) is not { } database) return;
        foreach (var rule in policy.Retention.Keep.Keys.Where(rule => rule != "within"))
            problems.Add(new($"retention.keep.{rule}", $"is for snapshots that stand alone; of {database.Key} the log is kept too, which only 'within' keeps without holes. Use within, or a policy of its own for databases."));
    }

    private sealed record Draft(string Purpose, ProtectedThing? Thing, string Vault, JobText Text);
}
