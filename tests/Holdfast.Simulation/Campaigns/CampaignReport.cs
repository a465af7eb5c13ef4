using System.Globalization;
using System.Text.Json;

namespace Holdfast.Simulation.Campaigns;

/// <summary>What a campaign found, for people and for programs.</summary>
internal static class CampaignReport
{
    public static void Print(CampaignResult result)
    {
        var tally = result.Tally;
        var faults = tally.Faults.Values.Sum();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tally.Seeds} seeds from {result.First} in {result.Took.TotalSeconds:0.0} s: {result.SeedsPerSecond:0.0} seeds a second, {result.VirtualHoursPerHour:0} cluster-hours an hour"));
        if (tally.Seeds > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"met: {faults} faults ({(double)faults / tally.Seeds:0.0} a seed), {tally.Takeovers} takeovers, {tally.Expiries} leases run out, {tally.LostAcknowledgements} lost acknowledgements, {tally.Incarnations} incarnations"));
            Console.WriteLine("      " + string.Join(", ", tally.Faults.Select(fault => $"{fault.Key} {fault.Value}")));
        }

        Console.WriteLine(result.FailingSeed is { } seed ? $"FAILED at seed {seed}. Play it again: ./simulate --first {seed} --seeds 1\n\n{result.Trace}" : "no invariant broke");
    }

    public static void PrintJson(CampaignResult result)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = false });
        json.WriteStartObject();
        json.WriteNumber("first", result.First);
        json.WriteNumber("seeds", result.Tally.Seeds);
        json.WriteNumber("seconds", Math.Round(result.Took.TotalSeconds, 3));
        json.WriteNumber("seedsPerSecond", Math.Round(result.SeedsPerSecond, 2));
        json.WriteNumber("virtualHours", Math.Round(result.Tally.VirtualHours, 3));
        json.WriteNumber("virtualHoursPerHour", Math.Round(result.VirtualHoursPerHour, 1));
        json.WriteNumber("takeovers", result.Tally.Takeovers);
        json.WriteNumber("expiries", result.Tally.Expiries);
        json.WriteNumber("lostAcknowledgements", result.Tally.LostAcknowledgements);
        json.WriteNumber("incarnations", result.Tally.Incarnations);
        json.WriteStartObject("faults");
        foreach (var (fault, count) in result.Tally.Faults) json.WriteNumber(fault.ToString(), count);
        json.WriteEndObject();
        if (result.FailingSeed is { } seed) json.WriteNumber("failingSeed", seed);
        else json.WriteNull("failingSeed");
        json.WriteString("trace", result.Trace);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }
}
