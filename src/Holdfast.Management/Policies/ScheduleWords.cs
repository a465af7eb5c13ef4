using System.Text.Json.Nodes;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Resources;

namespace Holdfast.Management.Policies;

/// <summary>The keys of a policy's schedule: those that jobs have, in YAML as they have them, in JSON in its own spelling (<c>not-on</c>, <c>notOn</c>).</summary>
internal static class ScheduleWords
{
    /// <summary>Gets what a schedule can say besides when and where.</summary>
    public static IReadOnlyList<PropertyRule> All => JobResourceType.OfSchedule;

    /// <summary>A key as JSON has it.</summary>
    public static string InJson(string key) => string.Concat(key.Split('-').Select((word, index) => index == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>The shape of a schedule in JSON Schema, with what the job says of each key.</summary>
    public static JsonObject Schema()
    {
        var properties = new JsonObject { ["when"] = new JsonObject { ["type"] = "string", ["description"] = "A cron expression, 'every 6h', 'continuous' or on-demand." } };
        foreach (var rule in All)
        {
            properties[InJson(rule.Name)] = rule.Shape switch
            {
                PropertyShape.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Text(), ["description"] = rule.Help },
                PropertyShape.Text => new JsonObject { ["type"] = "string", ["description"] = rule.Help },
                _ => new JsonObject { ["type"] = new JsonArray("string", "array"), ["items"] = Text(), ["description"] = rule.Help },
            };
        }

        properties["preferred"] = new JsonObject { ["type"] = "array", ["items"] = Text(), ["description"] = "Nodes on which backups run when these are up, where nothing binds them." };
        properties["required"] = new JsonObject { ["type"] = "array", ["items"] = Text(), ["description"] = "The only nodes on which backups run, where nothing binds them." };
        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray("when"), ["additionalProperties"] = false };
    }

    private static JsonObject Text() => new() { ["type"] = "string" };
}
