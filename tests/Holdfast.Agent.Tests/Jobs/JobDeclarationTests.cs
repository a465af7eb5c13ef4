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
        Assert.Equal((new RetryPolicy(5, 0, TimeSpan.FromSeconds(10)), TimeSpan.FromHours(22)), (job.Retries, job.Hours!.Windows[0].From));
        Assert.Equal(["/bin/true", "now"], resource.Properties["command"].Items!.Value.AsEnumerable());
    }

    [Fact]
    public void When_it_works_and_where_and_beside_whom_is_read_as_it_is_written()
    {
        var role = Read("""
            kind: Job
            name: nightly
            run: command
            command: /bin/true
            schedule: every 6h from end
            days: [mon-fri, calendar month-end]
            not-on: calendar holidays
            window: [mon-fri 22:00-06:00, "sat,sun"]
            blackout: last friday of month 18:00-24:00
            jitter: 10m
            missed: run-within 2h
            caps: { vault-a: 2, node: 1 }
            placement: { required: [b], preferred: [b] }
            """);

        var job = JobReading.Find(role)!.Value.Job;
        Assert.Equal(new JobSchedule.Every(TimeSpan.FromHours(6), FromEnd: true), job.Schedule);
        Assert.Equal((2, 1, 2, 1), (job.Days.Days.Length, job.Days.Except.Length, job.Hours!.Windows.Length, job.Hours.Blackouts.Length));
        Assert.Equal(["month-end", "holidays"], job.Calendars);
        Assert.Equal((TimeSpan.FromMinutes(10), MissedPolicy.Skip, TimeSpan.FromHours(2)), (job.Jitter, job.Missed, job.Late));
        Assert.Equal([("node", 1), ("vault-a", 2)], job.Caps.Select(cap => (cap.Key, cap.Value)));
        Assert.Equal("b", Assert.Single(role.PossibleOwners).Value);
        Assert.Equal(role, Assert.Single(DeclarationReader.Read(DeclarationWriter.Write(role), "again.yaml", Nodes).Roles));
    }

    [Fact]
    public void A_calendar_is_declared_beside_the_jobs_and_its_mistakes_are_named()
    {
        var read = DeclarationReader.Read("{ kind: Calendar, name: holidays, days: [2026-12-25, 12-26], except: sun }\n---\n{ kind: Job, name: j, run: command, command: [/bin/true], not-on: [calendar holidays] }", "both.yaml", Nodes);
        var wrong = DeclarationReader.Read("{ kind: Calendar, name: holidays, days: [someday], ecxept: sun }", "wrong.yaml", Nodes);

        read.ThrowIfInvalid();
        Assert.Equal(("holidays", 2, "sun"), (Assert.Single(read.Calendars).Name, read.Calendars[0].Days.Length, Assert.Single(read.Calendars[0].Except)));
        Assert.Single(read.Roles);
        Assert.Equal(["ecxept", "calendars.holidays.days"], wrong.Problems.Select(problem => problem.Path).OrderDescending());
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
        var role = Read("{ kind: Job, name: home, run: command, command: [/bin/true], placement: { required: [a] } }");

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
    [InlineData("run: command, command: [/bin/true], window: 22:00-22:00", "roles.j.resources.job.window", "two different ends")]
    [InlineData("run: command, command: [/bin/true], blackout: [fri 18:00]", "roles.j.resources.job.blackout", "with two different ends")]
    [InlineData("run: command, command: [/bin/true], days: someday", "roles.j.resources.job.days", "'someday' is no day")]
    [InlineData("run: command, command: [/bin/true], jitter: 2d", "roles.j.resources.job.jitter", "from 1s to")]
    [InlineData("run: command, command: [/bin/true], caps: { vault: 0 }", "roles.j.resources.job.caps.vault", "from 1 to 100")]
    [InlineData("run: command, command: [/bin/true], missed: sometimes", "roles.j.resources.job.missed", "run-within AGE")]
    [InlineData("run: command, command: [/bin/true], missed: run-within 2h, late: 1h", "roles.j.resources.job.late", "leave one of them out")]
    [InlineData("run: command, command: [/bin/true], retries: { transent: 1 }", "roles.j.resources.job.retries.transent", "transient")]
    [InlineData("run: command, command: [/bin/true], bandwidth: fast", "roles.j.resources.job.bandwidth", "10MiB")]
    [InlineData("run: backup, vault: /v, password-file: /p, paths: [/d], volumes: { /d: maybe }", "roles.j.resources.job.volumes./d", "in or out")]
    [InlineData("run: command, command: [/bin/true], comand: x", "roles.j.resources.job.comand", "did you mean 'command'?")]
    [InlineData("run: command, command: [/bin/true], keep: { daily: 7 }", "roles.j.resources.job.keep", "means nothing to a command job; it is for prune jobs.")]
    [InlineData("run: image, vault: /v, password-file: /p", "roles.j.resources.job.path", "is missing")]
    [InlineData("run: database, vault: /v, password-file: /p, database: orders", "roles.j.resources.job.data", "is missing")]
    [InlineData("run: database, vault: /v, password-file: /p, database: orders, type: log", "roles.j.resources.job.spool", "is missing")]
    [InlineData("run: command, command: [/bin/true], placement: elsewhere", "placement", "must be any")]
    [InlineData("run: command, command: [/bin/true], placement: { with: web, required: [a] }", "placement", "has with beside preferred or required")]
    [InlineData("run: command, command: [/bin/true], placement: { required: [c] }", "roles.j.possible-owners", "there is no node 'c'")]
    public void A_mistake_is_named_with_its_place(string properties, string path, string sentence)
    {
        var problem = Assert.Single(DeclarationReader.Read($"{{ kind: Job, name: j, {properties} }}", "job.yaml", Nodes).Problems);

        Assert.Equal(path, problem.Path);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, problem.Line);
    }

    [Theory]
    [InlineData("kind: Jib\nname: j", "the kinds that are written so are Job, Calendar and Policy")]
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
