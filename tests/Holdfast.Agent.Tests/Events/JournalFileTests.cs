using Holdfast.Agent.Api;
using Holdfast.Agent.Events;

namespace Holdfast.Agent.Tests.Events;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-journal-").FullName;

    private string PathOfFile => Path.Combine(_directory, "events.jsonl");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Whatever_number_is_asked_for_what_follows_is_found_across_files_and_beside_lines_that_are_none()
    {
        var file = new JournalFile(PathOfFile, segmentBytes: 300_000);
        for (var i = 1; i <= 1500; i++)
        {
            Append(file, i);
            if (i % 400 == 0) File.AppendAllText(PathOfFile, "{\"at\":\"2030-01-01T0\n\n"); // Of a power cut, or of a build that did not number.
        }

        Assert.True(File.Exists(PathOfFile + ".2"));
        for (var after = 0; after <= 1500; after += 7) Assert.Equal(Enumerable.Range(after + 1, Math.Min(3, 1500 - after)), file.ReadAfter(after, 3).Select(entry => (int)entry.Id!.Number));
        var again = new JournalFile(PathOfFile);
        Assert.Equal(file.Last, again.Open());
        Assert.Equal(1500, again.ReadAfter(0, int.MaxValue).Count + again.ReadAfter(again.ReadAfter(0, int.MaxValue)[^1].Id!.Number, int.MaxValue).Count);
    }

    [Fact]
    public void The_oldest_file_goes_when_there_are_too_many_and_numbers_say_what_is_missing()
    {
        var file = new JournalFile(PathOfFile, segmentBytes: 2000);

        for (var i = 1; i <= 100; i++) Append(file, i);

        Assert.Equal(JournalFile.Segments, Directory.GetFiles(_directory).Length);
        var left = file.ReadAfter(0, 1000);
        Assert.True(left[0].Id!.Number > 1);
        Assert.Equal(Enumerable.Range((int)left[0].Id!.Number, left.Count), left.Select(entry => (int)entry.Id!.Number));
        Assert.Equal(100, left[^1].Id!.Number);
    }

    [Fact]
    public void A_journal_that_ends_in_rubbish_goes_on_from_the_last_number_before_it()
    {
        var file = new JournalFile(PathOfFile, segmentBytes: 2000);
        for (var i = 1; i <= 10; i++) Append(file, i);
        var last = file.Last;
        File.Move(PathOfFile, PathOfFile + ".1", overwrite: true);
        File.WriteAllText(PathOfFile, new string('\0', 200_000)); // Blocks that were never written.

        var again = new JournalFile(PathOfFile);

        Assert.Equal(last, again.Open());
        Append(again, 11);
        Assert.Equal(11, Assert.Single(again.ReadAfter(10, 5)).Id!.Number);
    }

    private static void Append(JournalFile file, int number) =>
        file.Append([new ClusterEvent(DateTimeOffset.UnixEpoch, 0, "a", "tick", null, null, null, new string('x', 800), null) { Id = file.Open() with { Number = number } }]);
}
