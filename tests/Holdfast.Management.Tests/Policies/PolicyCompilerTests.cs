using Holdfast.Agent.Jobs;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Policies;

public sealed class PolicyCompilerTests
{
    [Fact]
    public void A_policy_becomes_the_jobs_that_do_it()
    {
        var compiled = PolicySamples.Compile(PolicySamples.Gold);

        Assert.Empty(compiled.Problems);
        Assert.Equal(["backup", "check", "proof", "prune"], compiled.Jobs.Select(job => job.Purpose).Order());
        var backup = compiled.Jobs.Single(job => job.Purpose == "backup");
        var (job, resource) = JobReading.Find(backup.Role)!.Value;
        Assert.Equal((JobKind.Backup, "/srv/vault", "gold", "tree:/srv/data@role/files"), (job.Kind, resource.Text("vault"), resource.Text("policy"), resource.Text("thing")));
        Assert.Equal(new JobSchedule.Every(TimeSpan.FromHours(1)), job.Schedule);
        Assert.Equal("files", Assert.Single(backup.Role.Affinity).Role.Value);
    }

    [Fact]
    public void A_prune_removes_only_what_the_backup_of_the_same_thing_made()
    {
        var policy = PolicySamples.Gold with { Things = [.. PolicySamples.Gold.Things, new() { Kind = ThingKind.Node, Name = "*" }], Vaults = ["office", "far"] };

        var jobs = PolicySamples.Compile(policy).Jobs;

        Assert.Equal(6, jobs.Count(job => job.Purpose == "prune"));
        foreach (var job in jobs.Where(job => job.Purpose is "prune" or "proof"))
        {
            // A job without a host would heed every snapshot of the vault, whoever made it.
            var backup = Assert.Single(jobs, other => other.Purpose == "backup" && other.Thing == job.Thing && other.Vault == job.Vault);
            Assert.Equal(backup.Name, JobReading.Find(job.Role)!.Value.Resource.Text("host"));
            Assert.Null(JobReading.Find(backup.Role)!.Value.Resource.Text("host"));
        }
    }

    [Fact]
    public void A_job_keeps_its_name_whatever_else_its_policy_comes_to_protect()
    {
        var before = PolicySamples.Compile(PolicySamples.Gold).Jobs;
        var more = PolicySamples.Gold with { Vaults = ["far", "office"], Schedule = new() { When = "continuous" }, Things = [new() { Kind = ThingKind.SharedVolume, Name = "projects" }, .. PolicySamples.Gold.Things] };

        var after = PolicySamples.Compile(more).Jobs;

        Assert.Equal(before.Select(job => (job.Name, job.Purpose, job.Thing)), after.Where(job => before.Any(old => old.Name == job.Name)).Select(job => (job.Name, job.Purpose, job.Thing)));
        Assert.Equal(after.Length, after.Select(job => job.Name).Distinct().Count());
        // A ledger and a chain of snapshots hang on these: they are as they were in every version.
        Assert.Equal("gold-srv-data-020d6daa", before.Single(job => job.Purpose == "backup").Name);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/srv/Ünïcode, and commas/…")]
    [InlineData("/a/very/long/path/that/has/no/end/and/goes/on/and/on/and/on/----/x")]
    [InlineData("/--")]
    public void Every_thing_gives_names_that_are_valid(string path)
    {
        var policy = PolicySamples.Gold with { Name = new string('p', Policy.LongestName), Things = [new() { Kind = ThingKind.Tree, Name = path }] };

        var compiled = PolicySamples.Compile(policy);

        Assert.Empty(compiled.Problems);
        Assert.All(compiled.Jobs, job => Assert.True(EntityName.IsValid(job.Name), job.Name));
    }

    [Fact]
    public void Every_mistake_is_told_at_once_with_the_field_of_the_policy()
    {
        var wrong = new Policy
        {
            Name = "Gold!", Things = [new() { Kind = ThingKind.Tree, Name = "srv/" }, new() { Kind = ThingKind.Volume, Name = "/x", With = "files" }, new() { Kind = ThingKind.SharedVolume, Name = "v", Node = "a" }],
            Vaults = ["office", "offic"], Schedule = new() { When = " " }, Retention = new() { Keep = PolicySamples.Map(("dayly", "7"), ("daily", "x"), ("within", "2w")), Delay = "soon" },
            Verification = new() { ProofWhen = "0 5 * * 6", CheckRead = "10%", Sample = "half" }, Rpo = TimeSpan.FromSeconds(1), Rto = TimeSpan.FromDays(1000),
        };

        var problems = PolicySamples.Compile(wrong).Problems;

        Assert.Equal(
            [
                "name", "retention.delay", "retention.keep.daily", "retention.keep.dayly", "retention.keep.within", "rpoSeconds", "rtoSeconds", "schedule.when", "things[0].name", "things[1].with", "things[2].node", "vaults",
                "verification.checkWhen", "verification.sample", "verification.scratch",
            ],
            problems.Select(problem => problem.Field).Order(StringComparer.Ordinal));
        Assert.Contains("did you mean 'daily'", problems.Single(problem => problem.Field == "retention.keep.dayly").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_jobs_say_is_told_of_the_policy_s_own_field()
    {
        var wrong = PolicySamples.Gold with
        {
            Things = [new() { Kind = ThingKind.Tree, Name = "/srv/data" }], 
            Schedule = new()
            {
                When = "61 * * * *", Preferred = ["c"], Required = ["d"],
                Rules = PolicySamples.Rules(("zone", "Europe/Atlantis"), ("window", "22-6"), ("bandwidth", "fast"), ("not-on", "some day")).Add("retries", PropertyValue.Of(PolicySamples.Map(("often", "5")))),
            },
            Retention = PolicySamples.Gold.Retention with { When = "sometimes" },
        };

        var problems = PolicySamples.Compile(wrong).Problems;

        Assert.Equal(
            ["retention.when", "schedule.bandwidth", "schedule.notOn", "schedule.preferred", "schedule.required", "schedule.retries.often", "schedule.when", "schedule.window", "schedule.zone"],
            problems.Select(problem => problem.Field).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_not_there_is_refused_by_its_name_and_a_pattern_that_finds_nothing_is_only_told()
    {
        var policy = PolicySamples.Gold with
        {
            Things =
            [
                new() { Kind = ThingKind.SharedVolume, Name = "project" }, new() { Kind = ThingKind.Tree, Name = "/x", Node = "c" }, new() { Kind = ThingKind.Tree, Name = "/x", With = "file" },
                new() { Kind = ThingKind.Volume, Name = "/mnt/*" }, new() { Kind = ThingKind.Tree, Name = "/x", Node = "w" },
            ],
        };

        var compiled = PolicySamples.Compile(policy);

        Assert.Equal(["things[0].name", "things[1].node", "things[2].with", "things[4]"], compiled.Problems.Select(problem => problem.Field));
        Assert.Contains("did you mean 'projects'", compiled.Problems[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(compiled.Problems, problem => problem.Field == "things[3]");
    }

    [Fact]
    public void A_machine_is_all_of_its_volumes_and_nothing_that_is_shared_or_made_up()
    {
        var compiled = PolicySamples.Compile(PolicySamples.Gold with { Things = [new() { Kind = ThingKind.Node, Name = "a", Exclude = ["*.tmp"] }] });

        var thing = Assert.Single(compiled.Things);
        Assert.Equal(["/", "/scratch"], thing.Paths.AsEnumerable());
        Assert.Superset(new HashSet<string> { "*.tmp", "/proc/*", "/srv/projects/*" }, thing.Exclude.ToHashSet());
        Assert.Equal("a", Assert.Single(compiled.Jobs.Single(job => job.Purpose == "backup").Role.PossibleOwners).Value);
    }

    [Fact]
    public void Whatever_a_job_can_say_of_when_and_how_it_works_a_policy_says_of_its_backups()
    {
        var rules = PolicySamples.Rules(("zone", "Europe/Berlin"), ("missed", "run-within 2h"), ("jitter", "10m"), ("bandwidth", "10MiB"), ("days", "mon-fri"))
            .Add("window", PropertyValue.Of(["mon-fri 22:00-06:00", "sat,sun"])).Add("blackout", PropertyValue.Of(["last friday of month 18:00-24:00"])).Add("not-on", PropertyValue.Of(["calendar holidays"]))
            .Add("retries", PropertyValue.Of(PolicySamples.Map(("transient", "5")))).Add("caps", PropertyValue.Of(PolicySamples.Map(("vault-a", "2"))));
        var things = PolicySamples.Gold.Things.Add(new() { Kind = ThingKind.Tree, Name = "/srv/anywhere" });

        var compiled = PolicySamples.Compile(PolicySamples.Gold with { Things = things, Schedule = new() { When = "0 22 * * *", Rules = rules, Preferred = ["a"], Required = ["a", "b"] } });

        Assert.Empty(compiled.Problems);
        Assert.Empty(ScheduleWords.All.Select(word => word.Name).Except(rules.Keys).Except(["late"])); // What a job can say and this test does not is new: a policy's, too.
        foreach (var backup in compiled.Jobs.Where(job => job.Purpose == "backup"))
        {
            var (job, resource) = JobReading.Find(backup.Role)!.Value;
            Assert.All(rules, rule => Assert.Equal(rule.Value, resource.Properties[rule.Key]));
            Assert.Equal((2, 1, TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), 2), (job.Hours!.Windows.Length, job.Hours.Blackouts.Length, job.Jitter, job.Late, job.Caps["vault-a"]));
        }

        var free = compiled.Jobs.Single(job => job.Purpose == "backup" && job.Thing == "tree:/srv/anywhere").Role;
        Assert.Equal("a | a b", $"{string.Join(' ', free.PreferredOwners)} | {string.Join(' ', free.PossibleOwners)}");
    }

    [Fact]
    public void A_database_is_backed_up_by_jobs_of_its_own_kind_under_the_names_that_they_always_had()
    {
        var database = new PolicyThing { Kind = ThingKind.Database, Name = "orders", With = "db", Server = new() { Data = "/var/lib/postgresql/15/main", Spool = "/var/spool/wal", User = "backup" } };

        var compiled = PolicySamples.Compile(PolicySamples.Gold with { Things = [database], Retention = new() });

        var (backup, log) = (compiled.Jobs.Single(job => job.Purpose == "backup"), compiled.Jobs.Single(job => job.Purpose == "log"));
        Assert.Equal(("gold-orders-f93c5f77", "gold-orders-f93c5f77-log"), (backup.Name, log.Name)); // Ledgers and chains hang on them.
        var (job, resource) = JobReading.Find(backup.Role)!.Value;
        Assert.Equal((JobKind.Database, "orders", "postgresql", "/var/lib/postgresql/15/main", "backup", "/srv/vault"), (job.Kind, resource.Text("database"), resource.Text("engine"), resource.Text("data"), resource.Text("superuser"), resource.Text("vault")));
        var (logJob, logResource) = JobReading.Find(log.Role)!.Value;
        Assert.Equal((JobKind.Database, "log", "/var/spool/wal", "orders"), (logJob.Kind, logResource.Text("type"), logResource.Text("spool"), logResource.Text("database")));
    }

    [Fact]
    public void Rules_that_count_are_refused_for_a_database_whose_log_is_kept()
    {
        var database = new PolicyThing { Kind = ThingKind.Database, Name = "orders", With = "db", Server = new() { Data = "/var/lib/postgresql/15/main", Spool = "/var/spool/wal" } };
        var policy = PolicySamples.Gold with { Things = [database] };

        var counted = PolicySamples.Compile(policy);
        var within = PolicySamples.Compile(policy with { Retention = new() { Keep = PolicySamples.Map(("within", "30d")) } });

        Assert.Equal(["retention.keep.daily", "retention.keep.weekly"], counted.Problems.Select(problem => problem.Field));
        Assert.Empty(within.Problems);
        Assert.Equal(["backup", "check", "log", "proof", "prune"], within.Jobs.Select(job => job.Purpose).Order());
        Assert.Equal(new JobSchedule.Every(TimeSpan.FromMinutes(40)), JobReading.Find(within.Jobs.Single(job => job.Purpose == "log").Role)!.Value.Job.Schedule);
    }

    [Fact]
    public void A_schedule_that_cannot_meet_the_objective_is_told()
    {
        var tooRare = PolicySamples.Compile(PolicySamples.Gold with { Schedule = new() { When = "0 8-18 * * 1-5", Rules = PolicySamples.Rules(("zone", "Europe/Berlin")) }, Rpo = TimeSpan.FromHours(12) });
        var enough = PolicySamples.Compile(PolicySamples.Gold);

        Assert.Contains("2d14h", Assert.Single(tooRare.Warnings).Message.Replace("62h", "2d14h", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(enough.Warnings);
    }
}
