using Holdfast.Protection.Databases;

namespace Holdfast.Protection.Tests.Databases;

public sealed class GuardedServerTests
{
    [Fact]
    public async Task It_is_told_to_end_when_our_end_of_the_pipe_closes()
    {
        var file = Path.GetTempFileName();
        var server = GuardedServer.Start(FileOwner.Self, "TERM", "sh", ["-c", $"trap 'echo told >{file}; exit' TERM; echo ready >{file}; while :; do sleep 0.05; done"], TimeProvider.System);
        while (File.ReadAllText(file).Length == 0) Assert.False(server.HasEnded);

        await server.DisposeAsync();

        Assert.Equal("told\n", File.ReadAllText(file));
        File.Delete(file);
    }

    [Fact]
    public async Task One_that_ended_by_itself_leaves_its_last_words()
    {
        await using var server = GuardedServer.Start(FileOwner.Self, "TERM", "sh", ["-c", "echo FATAL: no >&2; exit 1"], TimeProvider.System);

        Assert.Equal(["FATAL: no"], await server.LastWordsAsync());
        Assert.True(server.HasEnded);
    }
}
