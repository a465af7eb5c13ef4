using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Jobs;

/// <summary>
/// <c>job</c>: work that begins, ends and is recorded. Online means that this node decides when its runs start; a run in progress is a process under the leash. Every property
/// counts from the next run on, so none needs a restart.
/// </summary>
internal sealed class JobResourceType : IResourceType
{
    private const string OwnProgram = "holdfast"; // The worker finds it beside itself, wherever it is installed.

    public const string TypeName = JobRoles.ResourceType;

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("run", PropertyShape.Text, Required: true, "What it does: command, backup, image, database, prune, check or proof.", InPlace: true),
        new("schedule", PropertyShape.Text, Required: false, "When: a cron expression of five fields, 'every 6h' (counted from when a run was due) or 'every 6h from end' (from its end), 'continuous', 'continuous 30s' (with the pause between runs) or on-demand. The default is on-demand.", InPlace: true),
        new("zone", PropertyShape.Text, Required: false, "The time zone of schedule, days, window and blackout, such as Europe/Berlin. The default is UTC.", InPlace: true),
        new("missed", PropertyShape.Text, Required: false, "What becomes of runs that no node could start: run-once (one run for all of them), skip, or 'run-within 2h' (one run if it is not older). The default is run-once.", InPlace: true),
        new("late", PropertyShape.Text, Required: false, "How late a run may start before it counts as missed, from 1s to 30d. The default is 10m.", InPlace: true),
        new("retries", PropertyShape.Map, Required: false, "How failed runs are tried again: transient (0 to 100, default 3), permanent (0 to 100, default 0), back-off (1s to 1h, default 1m; it doubles up to 1h).", InPlace: true),
        new("days", PropertyShape.Phrases, Required: false, "The days on which runs are due: mon-fri, 2026-12-24, 2026-12-24..2027-01-02, 12-24 (every year), 'last friday of month', 'first workday of month', 'day 15 of month', 'calendar NAME'. The default is every day.", InPlace: true),
        new("not-on", PropertyShape.Phrases, Required: false, "The days on which no run is due, in the same words.", InPlace: true),
        new("window", PropertyShape.Phrases, Required: false, "When it may work, such as 22:00-06:00 or 'mon-fri 22:00-06:00', or days alone; outside of it a run is paused, and one that is due waits. The default is always.", InPlace: true),
        new("blackout", PropertyShape.Phrases, Required: false, "When it may not work, in the same words, such as 'last friday of month 18:00-24:00' or 'calendar holidays'. The default is never.", InPlace: true),
        new("jitter", PropertyShape.Text, Required: false, "By how much at most the start of a run is put off, from 1s to 24h, so that many jobs do not start at once. The default is not at all.", InPlace: true),
        new("caps", PropertyShape.Map, Required: false, "Groups that it belongs to, each with how many of its jobs may be at work at once (1 to 100), such as { vault-a: 2 }; 'node' is the jobs of the same node that have this cap.", InPlace: true),
        new("bandwidth", PropertyShape.Text, Required: false, "How much it may send in a second, such as 10MiB. The default is as much as it can.", InPlace: true),
        new("command", PropertyShape.List, Required: false, "The program of a command job and its arguments.", InPlace: true),
        new("vault", PropertyShape.Text, Required: false, "The vault: a folder, rest:URL or s3:URL.", InPlace: true),
        new("password-file", PropertyShape.Text, Required: false, "The file with the vault's password, at the same absolute path on every node.", InPlace: true),
        new("paths", PropertyShape.List, Required: false, "What a backup job protects: absolute paths.", InPlace: true),
        new("volumes", PropertyShape.Map, Required: false, "Which volumes are protected, by mount path: in or out. What is not named is as the paths say.", InPlace: true),
        new("path", PropertyShape.Text, Required: false, "What an image job backs up: a block device or an image file, an absolute path. A device that is mounted is refused unless it is a logical volume: nothing else holds it still for a job.", InPlace: true),
        new("database", PropertyShape.Text, Required: false, "What a database job's database is called in the vault; its chain goes on under this name wherever it runs.", InPlace: true),
        new("engine", PropertyShape.Text, Required: false, "The server of a database job: postgresql (the default) or mariadb.", InPlace: true),
        new("type", PropertyShape.Text, Required: false, "What a database job reads: full, differential (since the last full), incremental (since the last; the default) or log (what was archived to spool).", InPlace: true),
        new("full-every", PropertyShape.Text, Required: false, "How old the last full backup of a database may be, such as 7d; then a run is full whatever its type is. The default is any age.", InPlace: true),
        new("data", PropertyShape.Text, Required: false, "The data folder of a database job's server; an absolute path.", InPlace: true),
        new("spool", PropertyShape.Text, Required: false, "The folder that 'holdfast database archive' writes a database's log to, for a database job of type log; an absolute path.", InPlace: true),
        new("superuser", PropertyShape.Text, Required: false, "The database's superuser to connect as. The default is postgres, or root for MariaDB.", InPlace: true),
        new("socket", PropertyShape.Text, Required: false, "MariaDB's socket. The default is /run/mysqld/mysqld.sock; PostgreSQL's is found from its data folder.", InPlace: true),
        new("programs", PropertyShape.Text, Required: false, "The folder of PostgreSQL's programs, for database and proof jobs. The default is where distributions put that version.", InPlace: true),
        new("source", PropertyShape.Text, Required: false, "What a backup job reads: auto (a volume snapshot where the file system has them, else the files as they are; the default), live (the files as they are) or snapshot (nothing else).", InPlace: true),
        new("exclude", PropertyShape.List, Required: false, "Patterns of what a backup leaves out.", InPlace: true),
        new("tags", PropertyShape.List, Required: false, "Tags of the snapshots.", InPlace: true),
        new("host", PropertyShape.Text, Required: false, "The host name that snapshots carry. The default of a backup job is its own name, so that there is one chain whichever node made it; prune and proof jobs heed all snapshots unless it is given.", InPlace: true),
        new("keep", PropertyShape.Map, Required: false, "What a prune job keeps of each group: last, hourly, daily, weekly, monthly, yearly (numbers, or unlimited), within and within-hourly to within-yearly (2y5m7d3h), tag.", InPlace: true),
        new("group-by", PropertyShape.Text, Required: false, "What keep applies to separately: host, paths, tags, volumes, separated by commas. The default is host,paths.", InPlace: true),
        new("delay", PropertyShape.Text, Required: false, "How long what a prune job forgets can be brought back, such as 7d. The default is not at all.", InPlace: true),
        new("max-unused", PropertyShape.Text, Required: false, "How much unused data a prune job leaves: 5% (the default), 200M or unlimited.", InPlace: true),
        new("read", PropertyShape.Text, Required: false, "How much of the data a check job reads in a run: 10%, 50G or 1/7. What was not read for longest comes first. The default is nothing: only what is listed is compared.", InPlace: true),
        new("history", PropertyShape.Text, Required: false, "The file of each node in which a check job remembers what it read when; an absolute path. Without it, chance chooses.", InPlace: true),
        new("scratch", PropertyShape.Text, Required: false, "The folder to which a proof job restores; an absolute path, with room for it.", InPlace: true),
        new("sample", PropertyShape.Text, Required: false, "How much a proof job restores, chosen by chance: a size such as 500M. The default is all.", InPlace: true),
        new("policy", PropertyShape.Text, Required: false, "The policy that made the job, by which it finds its jobs again. Not for people to write.", InPlace: true),
        new("thing", PropertyShape.Text, Required: false, "What the job protects, in the words of its policy.", InPlace: true),
        .. RunAs.Rules.Select(rule => rule with { InPlace = true }),
    ];

    /// <summary>
    /// Gets what a job of whatever kind can say of when and how it works, besides <c>schedule</c> itself. A policy says it of its backups in the same words, so what is added here is a policy's too.
    /// </summary>
    internal static IReadOnlyList<PropertyRule> OfSchedule { get; } =
        [.. new JobResourceType().Properties.Where(rule => !JobProperties.IsSomeKinds(rule.Name) && rule.Name is not ("run" or "schedule" or "policy" or "thing") && RunAs.Rules.All(other => other.Name != rule.Name))];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        foreach (var problem in RunAs.Validate(role, resource)) yield return problem;
        JobReading.Read(role.Name, resource, out var complaints);
        if (JobReading.KindOf(resource) is { } kind)
        {
            complaints.AddRange(resource.Properties.Keys.Where(name => Properties.Any(rule => rule.Name == name) && !JobProperties.IsOf(kind, name))
                .Select(name => (name, $"means nothing to a {JobReading.WordOf(kind)} job; it is for {string.Join(" and ", JobProperties.KindsOf(name).Select(JobReading.WordOf))} jobs.")));
        }

        foreach (var (property, message) in complaints) yield return new(ResourceProperties.PathOf(role, resource, property), message);
        if (role.Mode == RoleMode.Everywhere) yield return new($"roles.{role.Name}.mode", "is everywhere; a job runs on one node at a time.");
        if (role.Resources.Count(other => other.Type == TypeName) > 1) yield return new(ResourceProperties.PathOf(role, resource, "type"), "is job, and the role has another one; a role carries one job.");
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SpecProblem>>([.. CommandCheck.Run(role, resource, context.Node, resource.Text("run") == JobReading.WordOf(JobKind.Command) && resource.List("command") is not [OwnProgram, ..] ? ["command"] : [])]);

    public IResource Create(ResourceContext context) => new JobResource(context);
}
