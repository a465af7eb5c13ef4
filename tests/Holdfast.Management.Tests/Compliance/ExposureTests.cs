using Holdfast.Management.Compliance;

namespace Holdfast.Management.Tests.Compliance;

public sealed class ExposureTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_worst_age_is_the_one_that_looking_at_every_minute_finds(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var snapshots = Enumerable.Range(0, random.Next(6)).Select(_ => Start.AddMinutes(random.Next(300))).Select(taken => new TakenSnapshot(taken, taken.AddMinutes(random.Next(60)))).ToList();
            var (from, to) = (Start.AddMinutes(random.Next(100)), Start.AddMinutes(200 + random.Next(200)));

            // Right before each minute, when a snapshot that becomes usable then is not yet; and at the end.
            var looked = Enumerable.Range(1, (int)(to - from).TotalMinutes).Select(minute => Exposure.At(snapshots, from.AddMinutes(minute).AddTicks(-1)) + TimeSpan.FromTicks(1)).Append(Exposure.At(snapshots, to)).Max();

            Assert.Equal(looked, Exposure.Worst(snapshots, from, to));
        }
    }

    [Fact]
    public void A_snapshot_counts_from_when_it_can_be_used_and_is_as_old_as_its_content()
    {
        TakenSnapshot[] snapshots = [new(Start, Start.AddMinutes(10)), new(Start.AddMinutes(60), Start.AddMinutes(90))];

        Assert.Null(Exposure.At(snapshots, Start.AddMinutes(9)));
        Assert.Equal(TimeSpan.FromMinutes(89), Exposure.At(snapshots, Start.AddMinutes(89)));
        Assert.Equal(TimeSpan.FromMinutes(30), Exposure.At(snapshots, Start.AddMinutes(90)));
    }
}
