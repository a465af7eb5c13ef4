using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Cli.Workers;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>What a job's declaration says to its worker, judged when it is declared.</summary>
public sealed class JobWordsTests
{
    private const string Vault = "vault: /srv/vault, password-file: /etc/vault.key";

    [Theory]
    [InlineData("run: backup, paths: [/srv], exclude: ['*.tmp', '!keep.tmp'], volumes: { /srv/b: out }")]
    [InlineData("run: database, database: orders, data: /var/lib/postgresql/15/main, full-every: 7d")]
    [InlineData("run: database, database: orders, type: log, spool: /var/spool/orders")]
    [InlineData("run: prune, keep: { last: '0', daily: '7', monthly: unlimited, within: 2m, tag: golden }, group-by: 'host,volumes', delay: 7d, max-unused: 200M")]
    [InlineData("run: check, read: 1/7, history: /var/lib/holdfast/checked")]
    [InlineData("run: proof, scratch: /srv/scratch, sample: 500M")]
    public void What_the_worker_takes_is_taken(string job) => Assert.Empty(Judge($"{Vault}, {job}"));

    [Theory]
    [InlineData("vault: ftp:/x, password-file: /p, run: check", "vault", "is not a kind of vault")]
    [InlineData("vault: srv/vault, password-file: /p, run: check", "vault", "must be an absolute path")]
    [InlineData("vault: /v, password-file: key, run: check", "password-file", "must be an absolute path")]
    [InlineData($"{Vault}, run: backup, paths: [srv]", "paths", "'srv'")]
    [InlineData($"{Vault}, run: backup, paths: [/srv], volumes: {{ data: out }}", "volumes", "'data'")]
    [InlineData($"{Vault}, run: backup, paths: [/srv], exclude: ['[a']", "exclude", "is no pattern")]
    [InlineData($"{Vault}, run: backup, paths: [/srv], source: freeze", "source", "auto, live or snapshot")]
    [InlineData($"{Vault}, run: database, database: o, data: /d, engine: oracle", "engine", "postgresql or mariadb")]
    [InlineData($"{Vault}, run: database, database: o, data: /d, type: whole", "type", "full or differential")]
    [InlineData($"{Vault}, run: database, database: o, data: /d, full-every: soon", "full-every", "is not a duration")]
    [InlineData($"{Vault}, run: prune, keep: {{ dayly: '7', last: '1' }}", "keep.dayly", "is no rule")]
    [InlineData($"{Vault}, run: prune, keep: {{ daily: seven }}", "keep.daily", "must be a number")]
    [InlineData($"{Vault}, run: prune, keep: {{ last: '0' }}", "keep", "no rule that keeps anything")]
    [InlineData($"{Vault}, run: prune, keep: {{ last: '1' }}, group-by: name", "group-by", "cannot be grouped by 'name'")]
    [InlineData($"{Vault}, run: prune, keep: {{ last: '1' }}, delay: later", "delay", "is not a duration")]
    [InlineData($"{Vault}, run: prune, keep: {{ last: '1' }}, max-unused: some", "max-unused", "'some'")]
    [InlineData($"{Vault}, run: check, read: half", "read", "is no part of a vault")]
    [InlineData($"{Vault}, run: proof, scratch: /s, sample: much", "sample", "Write a size such as 500M")]
    public void What_it_would_refuse_hours_later_is_refused_at_once_by_its_name(string job, string property, string sentence)
    {
        var (named, message) = Assert.Single(Judge(job));

        Assert.Equal(property, named);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<(string Property, string Message)> Judge(string job)
    {
        var declared = DeclarationReader.Read($"{{ kind: Job, name: j, {job} }}", "job.yaml", null);
        declared.ThrowIfInvalid();
        var resource = declared.Roles[0].Resources[0];
        return [.. JobWords.Judge(Enum.Parse<Cluster.Jobs.JobKind>(resource.Properties["run"].Text!, ignoreCase: true), resource.Properties)];
    }
}
