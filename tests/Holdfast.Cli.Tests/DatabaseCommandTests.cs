namespace Holdfast.Cli.Tests;

public sealed class DatabaseCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-database-cli-").FullName;

    [Fact]
    public async Task Archiving_the_same_file_again_is_success_and_another_of_its_name_is_not()
    {
        var segment = Path.Combine(_folder, "000000010000000000000003");
        File.WriteAllText(segment, "log");
        string[] command = ["database", "archive", "--spool", Path.Combine(_folder, "spool"), segment];
        var first = await CommandLineRun.OfAsync(command);
        var again = await CommandLineRun.OfAsync(command);
        File.WriteAllText(segment, "other");

        var other = await CommandLineRun.OfAsync(command);

        Assert.Equal((0, 0, 4), (first.Exit, again.Exit, other.Exit));
        Assert.Contains("[database.archive-differs]", other.Error, StringComparison.Ordinal);
        Assert.Equal("log", File.ReadAllText(Path.Combine(_folder, "spool", Path.GetFileName(segment))));
    }

    [Fact]
    public async Task A_fetch_from_a_vault_that_cannot_be_opened_does_not_say_that_the_log_has_ended()
    {
        var ran = await CommandLineRun.OfAsync(["database", "fetch", "orders", "000000010000000000000003", Path.Combine(_folder, "out"), "--vault", Path.Combine(_folder, "gone")], environment: name => name == "HOLDFAST_PASSWORD" ? "secret" : null);

        Assert.True(ran.Exit > 125, $"PostgreSQL takes {ran.Exit} for the end of the log.");
        Assert.StartsWith("error: ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_of_a_database_that_the_vault_does_not_have_writes_nothing()
    {
        var vault = Path.Combine(_folder, "vault");
        static string? Environment(string name) => name == "HOLDFAST_PASSWORD" ? "secret" : null;
        await CommandLineRun.OfAsync(["vault", "init", "--vault", vault], environment: Environment);

        var restore = await CommandLineRun.OfAsync(["database", "restore", "orders", "--target", Path.Combine(_folder, "out"), "--vault", vault], environment: Environment);

        Assert.Equal(3, restore.Exit);
        Assert.Contains("[database.not-found]", restore.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    [Fact]
    public async Task Two_targets_at_once_are_refused()
    {
        var vault = Path.Combine(_folder, "vault");
        static string? Environment(string name) => name == "HOLDFAST_PASSWORD" ? "secret" : null;

        var ran = await CommandLineRun.OfAsync(["database", "restore", "orders", "--target", "x", "--immediate", "--target-lsn", "0/1", "--vault", vault], environment: Environment);

        Assert.Equal(2, ran.Exit);
        Assert.Contains("[usage.target-twice]", ran.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
