using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Agent.Tests.Events;

public sealed class EventJournalTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-journal-").FullName;

    private string PathOfFile => Path.Combine(_directory, "events.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_was_recorded_is_there_after_a_restart_with_all_its_fields()
    {
        await using (var journal = Open())
        {
            journal.Add("role.online", "Role orders is online.", "orders", "db", "1.7", "first-start");
            journal.Add("node.up", "Up.");
        }

        await using var again = Open();

        Assert.Equal(["role.online", "node.up"], again.Last(10).Select(item => item.Kind));
        var first = again.Last(10)[0];
        Assert.Equal(("a", "orders", "db", "1.7", "first-start"), (first.Node, first.Role, first.Resource, first.Epoch, first.Because));
    }

    [Fact]
    public async Task A_last_line_cut_by_a_power_loss_costs_neither_what_was_before_nor_what_comes_after()
    {
        await using (var journal = Open()) journal.Add("one", "1");
        await File.AppendAllTextAsync(PathOfFile, "{\"at\":\"2030-01-01T0");
        await using (var journal = Open())
        {
            Assert.Equal(["one"], journal.Last(10).Select(item => item.Kind));
            journal.Add("two", "2");
        }

        await using var again = Open();

        Assert.Equal(["one", "two"], again.Last(10).Select(item => item.Kind));
    }

    [Fact]
    public async Task Only_the_last_events_are_remembered()
    {
        await using var journal = Open();

        for (var i = 0; i < 2500; i++) journal.Add("tick", i.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(2000, journal.Last(int.MaxValue).Count);
        Assert.Equal(["2498", "2499"], journal.Last(2).Select(item => item.Message));
        Assert.Empty(journal.Last(0));
    }

    [Fact]
    public async Task A_file_that_has_grown_to_its_bound_makes_room_for_a_new_one()
    {
        await File.WriteAllTextAsync(PathOfFile, new string('x', (16 << 20) + 1) + "\n");

        await using (var journal = Open()) journal.Add("one", "1");

        Assert.True(new FileInfo(PathOfFile).Length < 1000);
        Assert.True(File.Exists(PathOfFile + ".1"));
    }

    [Fact]
    public async Task Followers_get_what_comes_after_they_came_and_leave_when_they_want()
    {
        await using var journal = Open();
        journal.Add("before", "");
        using var leaving = new CancellationTokenSource();
        await using var follower = journal.FollowAsync(leaving.Token).GetAsyncEnumerator(CancellationToken.None);

        var next = follower.MoveNextAsync().AsTask();
        journal.Add("after", "");

        Assert.True(await next.WaitAsync(Limit));
        Assert.Equal("after", follower.Current.Kind);
        var more = follower.MoveNextAsync().AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more.WaitAsync(Limit));
        journal.Add("later", "");
    }

    [Fact]
    public async Task A_folder_that_is_gone_stops_nobody_from_recording()
    {
        await using var journal = new EventJournal(Path.Combine(_directory, "missing", "events.log"), NodeClock.Instance, TimeProvider.System, NullLogger<EventJournal>.Instance);

        journal.Add("one", "1");

        Assert.Single(journal.Last(10));
    }

    [Fact]
    public async Task Numbers_go_on_across_restarts_and_what_follows_one_can_be_asked_for()
    {
        await using (var journal = Open())
        {
            for (var i = 1; i <= 3; i++) journal.Add("tick", $"{i}");
        }

        await using var again = Open();
        again.Add("tick", "4", data: new JournalData(Change: new AuditEntry(DateTimeOffset.UnixEpoch, "ann", "socket", "a", "POST", null)));
        var page = await again.ReadAsync(null, 10, default);

        Assert.Equal(["1", "2", "3", "4"], page.Entries.Select(entry => entry.Message));
        Assert.Equal([1, 2, 3, 4L], page.Entries.Select(entry => entry.Id!.Number));
        Assert.Equal("ann", page.Entries[3].Data?.Change?.Who);
        Assert.Equal(page.Entries[3].Id, page.Last);
        Assert.Equal(["3"], (await again.ReadAsync(page.Last with { Number = 2 }, 1, default)).Entries.Select(entry => entry.Message));
        Assert.Empty((await again.ReadAsync(page.Last, 10, default)).Entries);
        Assert.Equal(4, (await again.ReadAsync(new JournalPosition("other", 3), 10, default)).Entries.Count);
        Assert.Equal([1, 2, 3, 4L], again.Last(10).Select(entry => entry.Id!.Number));
    }

    [Fact]
    public async Task What_could_not_be_written_has_a_number_that_is_missing_after_a_restart()
    {
        await using (var journal = Open())
        {
            journal.Add("tick", "1");
            await journal.FlushAsync(default);
            Directory.Move(_directory, _directory + "-away");
            journal.Add("tick", "2");
            await journal.FlushAsync(default);
            Directory.Move(_directory + "-away", _directory);
            journal.Add("tick", "3");
        }

        await using var again = Open();

        Assert.Equal([1, 3L], (await again.ReadAsync(null, 10, default)).Entries.Select(entry => entry.Id!.Number));
    }

    [Fact]
    public async Task A_journal_whose_files_are_gone_begins_anew_under_another_name()
    {
        await using (var journal = Open()) journal.Add("tick", "1");
        JournalPosition before;
        await using (var journal = Open()) before = (await journal.ReadAsync(null, 1, default)).Last;
        File.Delete(PathOfFile);

        await using var again = Open();
        again.Add("tick", "2");
        var page = await again.ReadAsync(before, 10, default);

        Assert.NotEqual(before.Journal, page.Last.Journal);
        Assert.Equal((1, "2"), (page.Last.Number, Assert.Single(page.Entries).Message));
    }

    private EventJournal Open()
    {
        var journal = new EventJournal(PathOfFile, NodeClock.Instance, TimeProvider.System, NullLogger<EventJournal>.Instance) { Node = "a" };
        journal.Load();
        return journal;
    }
}
