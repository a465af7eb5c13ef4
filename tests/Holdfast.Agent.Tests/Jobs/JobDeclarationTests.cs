using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Jobs;

public sealed class JobDeclarationTests
{
    private static readonly NodeName[] Nodes = [new("a"), new("b")];

    [Fact]
    public void A_job_is_compiled_into_a_role_that_carries_it()
    {
        var role = Read("""
            kind: Job
            name: nightly
            run: command
            command: /bin/true now
            schedule: "0 2 * * *"
            zone: Europe/Berlin
            placement: { preferred: [b, a] }
            missed: skip
            retries: { transient: "5", back-off: 10s }
            window: 22:00-06:00
            stop-timeout: 5s
            """);

        Assert.Equal(("nightly", "job", TimeSpan.FromSeconds(5)), (role.Name.Value, role.Resources.Single().Type, role.Resources[0].StopTimeout));
        Assert.Equal(["b", "a"], role.PreferredOwners.Select(node => node.Value));
        var (job, resource) = JobReading.Find(role)!.Value;
        var cron = Assert.IsType<JobSchedule.Cron>(job.Schedule);
        Assert.Equal((JobKind.Command, "0 2 * * *", "Europe/Berlin", MissedPolicy.Skip), (job.Kind, cron.Expression.Text, cron.Zone.Id, job.Missed));
        Assert.Equal((new RetryPolicy(5, 0, TimeSpan.FromSeconds(10)), new TimeOnly(22, 0)), (job.Retries, job.Window!.From));
        Assert.Equal(["/bin/true", "now"], resource.Properties["command"].Items!.Value.AsEnumerable());
    }

    [Fact]
    public void A_job_with_a_role_goes_where_that_goes()
    {
        var role = Read("{ kind: Job, name: dump, run: command, command: [/bin/true], placement: { with: orders/data } }");

        Assert.Equal(new Affinity(new RoleName("orders")), Assert.Single(role.Affinity));
    }

    [Fact]
    public void A_job_can_be_one_machines_only()
    {
        var role = Read("{ kind: Job, name: home, run: command, command: [/bin/true], placement: { only: [a] } }");

        Assert.Equal([new NodeName("a")], role.PossibleOwners.AsEnumerable());
    }

    [Fact]
    public void A_job_is_written_as_a_role_and_read_back_the_same()
    {
        var role = Read("{ kind: Job, name: images, run: backup, vault: /srv/vault, password-file: /etc/vault.key, paths: [/data], volumes: { /scratch: out }, schedule: every 6h, bandwidth: 10MiB }");

        Assert.Equal(role, Assert.Single(DeclarationReader.Read(DeclarationWriter.Write(role), "again.yaml", Nodes).Roles));
    }

    [Fact]
    public void No_change_of_a_job_restarts_it()
    {
        var before = Read("{ kind: Job, name: j, run: command, command: [/bin/true] }");
        var after = Read("{ kind: Job, name: j, run: command, command: [/bin/false], schedule: every 1h, user: root, environment: { A: b } }");

        Assert.Empty(SpecEffects.Between(before, after).Restart);
    }

    [Theory]
    [InlineData("run: dance", "roles.j.resources.job.run", "dance")]
    [InlineData("run: command", "roles.j.resources.job.command", "is missing")]
    [InlineData("run: backup, vault: /v, paths: [/d]", "roles.j.resources.job.password-file", "is missing")]
    [InlineData("run: command, command: [/bin/true], schedule: 0 25 * * *", "roles.j.resources.job.schedule", "'25' is no hour")]
    [InlineData("run: command, command: [/bin/true], schedule: every 1s", "roles.j.resources.job.schedule", "from 10s")]
    [InlineData("run: command, command: [/bin/true], zone: Europe/Berlun", "roles.j.resources.job.zone", "no time zone")]
    [InlineData("run: command, command: [/bin/true], window: 22:00-22:00", "roles.j.resources.job.window", "two different times")]
    [InlineData("run: command, command: [/bin/true], retries: { transent: 1 }", "roles.j.resources.job.retries.transent", "transient")]
    [InlineData("run: command, command: [/bin/true], bandwidth: fast", "roles.j.resources.job.bandwidth", "10MiB")]
    [InlineData("run: backup, vault: /v, password-file: /p, paths: [/d], volumes: { /d: maybe }", "roles.j.resources.job.volumes./d", "in or out")]
    [InlineData("run: command, command: [/bin/true], comand: x", "roles.j.resources.job.comand", "did you mean 'command'?")]
    [InlineData("run: command, command: [/bin/true], keep: { daily: 7 }", "roles.j.resources.job.keep", "means nothing to a command job; it is for prune jobs.")]
    [InlineData("run: image, vault: /v, password-file: /p", "roles.j.resources.job.path", "is missing")]
    [InlineData("run: database, vault: /v, password-file: /p, database: orders", "roles.j.resources.job.data", "is missing")]
    [InlineData("run: database, vault: /v, password-file: /p, database: orders, type: log", "roles.j.resources.job.spool", "is missing")]
    [InlineData("run: command, command: [/bin/true], placement: elsewhere", "placement", "must be any")]
    [InlineData("run: command, command: [/bin/true], placement: { with: web, only: [a] }", "placement", "has with beside preferred or only")]
    [InlineData("run: command, command: [/bin/true], placement: { only: [c] }", "roles.j.possible-owners", "there is no node 'c'")]
    public void A_mistake_is_named_with_its_place(string properties, string path, string sentence)
    {
        var problem = Assert.Single(DeclarationReader.Read($"{{ kind: Job, name: j, {properties} }}", "job.yaml", Nodes).Problems);

        Assert.Equal(path, problem.Path);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, problem.Line);
    }

    [Theory]
    [InlineData("kind: Jib\nname: j", "the only kind that is written so is Job")]
    [InlineData("kind: Job\nrun: command", "the name of the job")]
    [InlineData("kind: Job\nname: No\nrun: command", "is not a valid job name")]
    public void What_is_no_job_is_refused(string yaml, string sentence) =>
        Assert.Contains(DeclarationReader.Read(yaml, "job.yaml", Nodes).Problems, problem => problem.Message.Contains(sentence, StringComparison.Ordinal));

    private static RoleSpec Read(string yaml)
    {
        var result = DeclarationReader.Read(yaml, "job.yaml", Nodes);
        result.ThrowIfInvalid();
        return Assert.Single(result.Roles);
    }
}
