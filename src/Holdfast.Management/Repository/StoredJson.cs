using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Holdfast.Management.Repository;

/// <summary>What is kept as JSON in a column, because nobody asks for a part of it.</summary>
[JsonSerializable(typeof(ImmutableSortedDictionary<string, long>))]
[JsonSerializable(typeof(ImmutableArray<string>))]
internal sealed partial class StoredJson : JsonSerializerContext;
