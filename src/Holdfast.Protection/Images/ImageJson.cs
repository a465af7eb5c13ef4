using System.Text.Json.Serialization;

namespace Holdfast.Protection.Images;

/// <summary>The form of <c>image.json</c> and of checkpoints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageInfo))]
[JsonSerializable(typeof(ImageCheckpoint))]
internal sealed partial class ImageJson : JsonSerializerContext;
