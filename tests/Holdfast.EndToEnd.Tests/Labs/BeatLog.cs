using System.Globalization;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>One run of the beating service: from its first beat to its last, on the machine's boot clock.</summary>
internal sealed record BeatRun(string Node, string Epoch, TimeSpan First, TimeSpan Last);

/// <summary>What the beating service of a role wrote on all hosts: when it ran, and where.</summary>
internal sealed class BeatLog(string path)
{
    /// <summary>Reads the runs, in the order in which they began.</summary>
    public IReadOnlyList<BeatRun> Runs()
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .GroupBy(beat => (Node: beat[0], Epoch: beat[1], Start: beat[2]))
                .Select(run => new BeatRun(run.Key.Node, run.Key.Epoch, run.Min(beat => Seconds(beat[3])), run.Max(beat => Seconds(beat[3]))))
                .OrderBy(run => run.First),
        ];
    }

    /// <summary>Whether there is a run of a node that still beat after an instant.</summary>
    public bool BeatsOn(string node, TimeSpan after) => Runs().Any(run => run.Node == node && run.Last > after);

    /// <summary>Requires that each run was silent before the next one began.</summary>
    public IReadOnlyList<BeatRun> RequireOneAtATime()
    {
        var runs = Runs();
        foreach (var (earlier, later) in runs.Zip(runs.Skip(1)))
            Assert.True(earlier.Last < later.First, $"{earlier} still ran when {later} had begun");
        return runs;
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
