using System.Text.Json;
using Holdfast.Cluster;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Store.Registry;

/// <summary>Whether this build can read a store, told from the one key of the settings that keeps its meaning in every format.</summary>
public static class StoreFormat
{
    /// <summary>The stable code of a store that this build cannot read.</summary>
    public const string TooNewCode = "format.too-new";

    private static ReadOnlySpan<byte> Key => "format"u8;

    /// <summary>The format that settings name.</summary>
    public static int Of(ReadOnlyMemory<byte> settings)
    {
        var reader = new Utf8JsonReader(settings.Span);
        while (reader.Read())
        {
            if (reader is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } || !reader.ValueTextEquals(Key)) continue;
            reader.Read();
            return reader.GetInt32();
        }

        return RecordFormat.First;
    }

    /// <summary>Refuses settings of a store that this build cannot read.</summary>
    /// <exception cref="HoldfastException">Code <c>format.too-new</c>.</exception>
    public static void RequireReadable(ReadOnlyMemory<byte> settings)
    {
        if (Of(settings) is var format && format > RecordFormat.Newest) throw TooNew("The cluster's records are", format);
    }

    /// <summary>The refusal of what has a format that this build cannot read.</summary>
    /// <param name="what">What, as the start of a sentence that ends with the format.</param>
    /// <param name="format">Its format.</param>
    public static HoldfastException TooNew(string what, int format) => new(
        ErrorKind.Conflict, TooNewCode, $"{what} of format {format}, and this build reads no format above {RecordFormat.Newest}.", "Install the build that the other nodes run ('holdfast cluster upgrade --check' on one of them names it), then restart holdfast.");
}
