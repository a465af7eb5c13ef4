using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Holdfast.Management.Link;

/// <summary>A document at a revision. It is read once, however often it is looked at: sessions and tokens are looked at with every request.</summary>
internal sealed class KnownDocument(long revision, JsonElement value)
{
    private object? _read;

    public long Revision => revision;

    /// <summary>It as an object, the same for everybody who asks: records that nobody changes.</summary>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class => (T)(_read ??= value.Deserialize(type)!);
}
