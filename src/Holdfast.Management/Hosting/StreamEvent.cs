using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Holdfast.Management.Hosting;

/// <summary>One server-sent event (HTML Living Standard, section 9.2).</summary>
/// <param name="Name">Its <c>event</c>.</param>
/// <param name="Data">Its <c>data</c>: JSON, one line.</param>
/// <param name="Id">Its <c>id</c>, from which a stream can go on; null when it cannot.</param>
internal sealed record StreamEvent(string Name, string Data, string? Id = null)
{
    public static StreamEvent Of<T>(string name, T value, JsonTypeInfo<T> type, string? id = null) => new(name, JsonSerializer.Serialize(value, type), id);

    /// <summary>As it travels.</summary>
    public string Text => $"{(Id is null ? "" : $"id: {Id}\n")}event: {Name}\ndata: {Data}\n\n";
}
