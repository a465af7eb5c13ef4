using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Cluster.Jobs;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs.Protocol;

/// <summary>What agent and worker say to each other, as JSON lines.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(PropertyValueConverter), typeof(NodeNameConverter), typeof(RoleNameConverter), typeof(EpochConverter)])]
[JsonSerializable(typeof(WorkerAssignment))]
[JsonSerializable(typeof(WorkerMessage))]
[JsonSerializable(typeof(WorkerAnswer))]
[JsonSerializable(typeof(SpooledResult))]
public sealed partial class WorkerJson : JsonSerializerContext
{
    /// <summary>Reads the first line that a worker is told: its assignment, as the agent that started it wrote it, or within a <see cref="WorkerAnswer"/> of one that found it.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static WorkerAssignment? ReadAssignment(string line)
    {
        using var document = JsonDocument.Parse(line);
        return (document.RootElement.TryGetProperty("assignment", out var again) ? again : document.RootElement).Deserialize(Default.WorkerAssignment);
    }

    /// <summary>Reads a line that a worker printed; null when it is no message.</summary>
    public static WorkerMessage? Read(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '{') return null;
        try
        {
            return JsonSerializer.Deserialize(line, Default.WorkerMessage);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return null; // Of a program that happens to print JSON, or of a newer build.
        }
    }
}
