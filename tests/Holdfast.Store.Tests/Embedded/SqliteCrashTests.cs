using System.Diagnostics;
using System.Globalization;
using Holdfast.Store.Embedded;

namespace Holdfast.Store.Tests.Embedded;

public sealed class SqliteCrashTests
{
    [Fact]
    public async Task Killed_at_any_moment_it_loses_nothing_acknowledged_and_keeps_nothing_half_done()
    {
        using var folder = new TempFolder();
        var random = new Random(20);
        var (lastNumber, lastRevision) = (0, 1L);

        for (var round = 0; round < 20; round++)
        {
            var acknowledged = await KillAfterAsync(folder.Path, random.Next(1, 120), random.Next(0, 3000));

            await using var store = SqliteClusterStore.Open(folder.Path);
            var view = await store.ReadAsync("", CancellationToken.None);
            var (number, revision) = CommitLoop.Last(view);

            // One commit may have been made whose acknowledgement was not read any more.
            Assert.InRange(number, acknowledged, int.MaxValue);
            Assert.True(number > lastNumber);
            Assert.Equal(view.Records["left"].Value.ToArray(), view.Records["right"].Value.ToArray());
            Assert.Equal(view.Records["left"].Value.ToArray(), view.Records[$"ring/{number % 10}"].Value.ToArray());
            Assert.Equal(revision, view.Records["right"].Revision);
            Assert.Equal(revision, view.Revision);
            Assert.Equal(number - lastNumber, revision - lastRevision);

            // The kept changes tell the same story as the records.
            await using var watcher = new Watcher(store, "left", lastRevision);
            for (var expected = lastRevision + 1; expected <= revision; expected++)
            {
                Assert.Equal(expected, (await watcher.NextChangeAsync()).Revision);
            }

            (lastNumber, lastRevision) = (number, revision);
        }
    }

    private static async Task<int> KillAfterAsync(string folder, int commits, int microseconds)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "exec", typeof(CommitLoop).Assembly.Location, CommitLoop.Name, folder },
            RedirectStandardOutput = true,
        })!;
        try
        {
            var last = 0;
            for (var i = 0; i < commits; i++)
            {
                last = Number(await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
            }

            // Somewhere inside a later commit, not right behind an acknowledgement.
            var since = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(since).TotalMicroseconds < microseconds)
            {
                Thread.SpinWait(20);
            }

            process.Kill();
            while (await process.StandardOutput.ReadLineAsync() is { } line && int.TryParse(line, CultureInfo.InvariantCulture, out var number))
            {
                last = number;
            }

            return last;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static int Number(string? line) => int.Parse(line ?? throw new InvalidOperationException("The process ended by itself."), CultureInfo.InvariantCulture);
}
