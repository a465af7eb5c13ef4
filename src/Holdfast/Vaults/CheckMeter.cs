using System.Globalization;
using Holdfast.Cli.Output;
using Holdfast.Vault.Checking;

namespace Holdfast.Cli.Vaults;

/// <summary>Takes the progress of a check and says it in a line.</summary>
internal sealed class CheckMeter(TimeProvider time) : IProgress<CheckProgress>
{
    private readonly Lock _lock = new();
    private CheckProgress _last = new("index", 0, 0);
    private long _stageBegan = time.GetTimestamp();

    public void Report(CheckProgress value)
    {
        lock (_lock)
        {
            if (value.Stage != _last.Stage) _stageBegan = time.GetTimestamp();
            // Several threads tell; the furthest counts.
            if (value.Stage != _last.Stage || value.Done > _last.Done) _last = value;
        }
    }

    public string Line()
    {
        CheckProgress at;
        TimeSpan elapsed;
        lock (_lock) (at, elapsed) = (_last, time.GetElapsedTime(_stageBegan));
        return at.Stage switch
        {
            "index" => $"Reading the index: {Phrases.Count((int)at.Done, "file", "files")}",
            "packs" => "Comparing the packs with the index",
            "trees" => $"Walking through the snapshots: {Phrases.Count((int)at.Done, "tree", "trees")}",
            _ => DataLine(at, elapsed),
        };
    }

    private static string DataLine(CheckProgress at, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? at.Done / elapsed.TotalSeconds : 0;
        var left = rate > 0 && at.Total >= at.Done ? string.Create(CultureInfo.InvariantCulture, $", {TimeSpan.FromSeconds((at.Total - at.Done) / rate):h\\:mm\\:ss} left") : "";
        return $"{RunDisplay.Bar(at.Total > 0 ? (double)at.Done / at.Total : 1)}{SizeText.Format(at.Done)} of {SizeText.Format(at.Total)} read, {SizeText.Format((long)rate)}/s{left}";
    }
}
