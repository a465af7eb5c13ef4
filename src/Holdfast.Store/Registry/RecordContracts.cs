using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Store.Registry;

/// <summary>
/// What is read for a key that is missing, in one place for all records: what the record itself says, not its type's zero. Generated
/// contracts set every <c>init</c> property when they make the object, also those that an older build did not write; here the record is
/// made by its own constructor, and then only what is there is set.
/// </summary>
internal sealed class RecordContracts : IJsonTypeInfoResolver
{
    private static readonly JsonSerializerOptions Options = MakeOptions();

    private RecordContracts()
    {
    }

    /// <summary>The contract of a record.</summary>
    public static JsonTypeInfo<T> Of<T>(JsonTypeInfo<T> generated) => (JsonTypeInfo<T>)Options.GetTypeInfo(generated.Type);

    /// <inheritdoc/>
    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
    {
        var generated = ((IJsonTypeInfoResolver)RegistryJson.Default).GetTypeInfo(type, options);
        // Records of the form (A, B) have no other constructor: a default in its list is taken as it is.
        if (generated is not { Kind: JsonTypeInfoKind.Object } || type.GetConstructor(Type.EmptyTypes) is not { } constructor) return generated;
        var contract = JsonTypeInfo.CreateJsonTypeInfo(type, options);
        contract.CreateObject = () => constructor.Invoke(null);
        foreach (var property in generated.Properties) contract.Properties.Add(Copy(contract, property, type));
        return contract;
    }

    private static JsonPropertyInfo Copy(JsonTypeInfo contract, JsonPropertyInfo generated, Type type)
    {
        var copy = contract.CreateJsonPropertyInfo(generated.PropertyType, generated.Name);
        var declared = type.GetProperties().Single(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == generated.Name);
        copy.Get = generated.Get;
        if (declared.SetMethod is { } set) copy.Set = (record, value) => set.Invoke(record, BindingFlags.DoNotWrapExceptions, null, [value], null);
        copy.IsRequired = generated.IsRequired;
        copy.CustomConverter = generated.CustomConverter;
        copy.ShouldSerialize = declared.GetCustomAttribute<SinceFormatAttribute>() is null ? generated.ShouldSerialize : (_, value) => !SinceFormatAttribute.IsDefault(value);
        return copy;
    }

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(RegistryJson.Default.Options) { TypeInfoResolver = new RecordContracts() };
        options.MakeReadOnly();
        return options;
    }
}
