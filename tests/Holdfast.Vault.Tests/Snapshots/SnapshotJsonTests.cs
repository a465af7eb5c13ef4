using System.Text;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Tests.Snapshots;

public class SnapshotJsonTests
{
    private const string Id = "5ac2f6b3a9d4c07f8e1b2d3c4f5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978";
    private const string Written = """{"time":"2026-03-31T12:00:00.123456789+02:00","parent":"1111111111111111111111111111111111111111111111111111111111111111","tree":"2222222222222222222222222222222222222222222222222222222222222222","paths":["/srv/a"],"hostname":"web1","username":"root","uid":1000,"gid":100,"excludes":["*.tmp"],"tags":["a","b"],"original":"3333333333333333333333333333333333333333333333333333333333333333","program_version":"restic 0.17.0","summary":{"backup_start":"2026-03-31T12:00:00+02:00","backup_end":"2026-03-31T12:00:01+02:00","files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,"data_added":9,"data_added_packed":10,"total_files_processed":11,"total_bytes_processed":12,"later":13},"from_the_future":{"a":[1,2]}}""";

    [Fact]
    public void A_snapshot_is_written_as_it_was_read()
    {
        var snapshot = SnapshotJson.Read(Id, Encoding.UTF8.GetBytes(Written));

        Assert.Equal(Written, Encoding.UTF8.GetString(SnapshotJson.Write(snapshot)));
        Assert.Equal(new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(1234567), snapshot.Time);
        Assert.Equal(12, snapshot.Summary!.TotalBytesProcessed);
    }

    [Fact]
    public void Changing_tags_keeps_the_nanoseconds_what_is_unknown_and_the_first_id()
    {
        var snapshot = SnapshotJson.Read(Id, Encoding.UTF8.GetBytes(Written.Replace(",\"original\":\"3333333333333333333333333333333333333333333333333333333333333333\"", "", StringComparison.Ordinal)));

        var changed = new TagChange { Add = ["c"], Remove = ["a"] }.Apply(snapshot)!;

        var written = Encoding.UTF8.GetString(SnapshotJson.Write(changed));
        Assert.Contains("12:00:00.123456789", written, StringComparison.Ordinal);
        Assert.Contains("\"from_the_future\":{\"a\":[1,2]}", written, StringComparison.Ordinal);
        Assert.Contains($"\"original\":\"{Id}\"", written, StringComparison.Ordinal);
        Assert.Equal(["b", "c"], changed.Tags);
        Assert.Equal(Id, changed.LastingId);
    }

    [Fact]
    public void Facts_are_carried_by_the_excludes_and_are_not_shown_as_excludes()
    {
        var facts = new SnapshotFacts { Type = SnapshotType.Incremental, DeltaBytes = 4096, UsedBytes = 1L << 41, Node = "n1", Volumes = ["v=1", "größe"], SharedVolumes = ["s1", "s2"], Unknown = ["hf:later=1"] };
        var snapshot = Some.Snapshot(1) with { Excludes = ["*.tmp"], Facts = facts };

        var read = SnapshotJson.Read(Id, SnapshotJson.Write(snapshot));

        Assert.Equal(facts, read.Facts);
        Assert.Equal(["*.tmp"], read.Excludes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"time\":\"yesterday\",\"tree\":\"2222222222222222222222222222222222222222222222222222222222222222\"}")]
    [InlineData("{\"time\":\"2026-03-31T12:00:00Z\",\"tree\":null}")]
    [InlineData("{\"time\":\"2026-03-31T12:00:00Z\",\"tree\":\"22\",\"paths\":3}")]
    public void What_is_no_snapshot_is_refused_by_name(string json)
    {
        var error = Assert.Throws<HoldfastException>(() => SnapshotJson.Read(Id, Encoding.UTF8.GetBytes(json)));

        Assert.Equal("snapshot.damaged", error.Code);
        Assert.Contains(Id, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-31T12:00:00Z", 0, 0)]
    [InlineData("2026-03-31T12:00:00.1-03:30", 1_000_000, -210)]
    [InlineData("2026-03-31T12:00:00.123456789+14:00", 1_234_567, 840)]
    public void Times_are_read_as_Go_writes_them(string text, long ticks, int offset)
    {
        Assert.True(SnapshotTime.TryParse(text, out var time));

        Assert.Equal(new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.FromMinutes(offset)).AddTicks(ticks), time);
    }
}
