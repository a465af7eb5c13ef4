using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Holdfast.Management.Hosting;

/// <summary>One server-sent event (HTML Living Standard, section 9.2).</summary>
/// <param name="Name">Its <c>event</c>.</param>
/// <param name="Data">Its <c>data</c>: JSON, one line.</param>
/// <param name="Id">Its <c>id</c>, from which a stream can go on; null for what is none of the events that are kept.</param>
internal sealed record StreamEvent(string Name, string Data, StreamPosition? Id = null)
{
    public const string Kept = "event";

    public static StreamEvent Of<T>(string name, T value, JsonTypeInfo<T> type, StreamPosition? id = null) => new(name, JsonSerializer.Serialize(value, type), id);

    /// <summary>As it travels.</summary>
    public string Text => $"{(Id is null ? "" : $"id: {Id}\n")}event: {Name}\ndata: {Data}\n\n";
}
