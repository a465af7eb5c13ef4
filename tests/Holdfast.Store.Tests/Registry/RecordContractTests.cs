using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Cluster.Upgrades;
using Holdfast.Store.Registry;

namespace Holdfast.Store.Tests.Registry;

/// <summary>What one build writes, another reads: every record type that the store knows, found by reflection, so that a new one is covered the day it is added.</summary>
public sealed class RecordContractTests
{
    private static readonly Type[] Records =
    [
        .. typeof(RegistryJson).GetCustomAttributesData().Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute)).Select(attribute => (Type)attribute.ConstructorArguments[0].Value!),
    ];

    public static TheoryData<string> EveryPart => [.. Records.SelectMany(Parts).Distinct().Select(type => type.AssemblyQualifiedName!)];

    [Theory]
    [MemberData(nameof(EveryPart))]
    public void A_key_that_an_older_build_did_not_write_reads_as_the_records_own_default(string name)
    {
        var type = Type.GetType(name)!;
        var (least, whole) = (Least(type), JsonNode.Parse(Encode(Least(type), type))!.AsObject());
        foreach (var key in OptionalKeys(type))
        {
            var without = whole.DeepClone().AsObject();
            without.Remove(key);
            var read = Decode(without.ToJsonString(), type);
            Assert.Equal(Encode(least, type), Encode(read, type));
            RequireUsable(read);
        }
    }

    [Theory]
    [MemberData(nameof(EveryPart))]
    public void A_key_that_must_be_there_is_missed(string name)
    {
        var type = Type.GetType(name)!;
        foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null))
        {
            var record = JsonNode.Parse(Encode(Least(type), type))!.AsObject();
            record.Remove(Key(property.Name));
            Assert.ThrowsAny<JsonException>(() => Decode(record.ToJsonString(), type));
        }
    }

    [Theory]
    [MemberData(nameof(EveryPart))]
    public void A_key_that_only_a_newer_build_knows_is_no_mistake(string name)
    {
        var type = Type.GetType(name)!;
        var record = JsonNode.Parse(Encode(Least(type), type))!.AsObject();
        record["keyOfTheFuture"] = new JsonObject { ["deep"] = 1 };

        Assert.Equal(Encode(Least(type), type), Encode(Decode(record.ToJsonString(), type), type));
    }

    [Fact]
    public void A_roles_defaults_are_those_that_its_declaration_promises()
    {
        var role = RegistryJson.Decode("""{"name":"db","resources":[{"name":"p","type":"process","probes":[{"kind":"Tcp"}]}]}"""u8.ToArray(), RegistryJson.Default.RoleSpec);

        Assert.Equal(new RoleSpec { Name = new RoleName("db"), Resources = [new ResourceSpec { Name = new("p"), Type = "process", Probes = [new ProbeSpec { Kind = ProbeKind.Tcp }] }] }, role);
        Assert.Equal((1, new Budget(3, TimeSpan.FromMinutes(15)), DesiredState.Online), (role.Weight, role.Restarts, role.Desired));
        Assert.Equal(TimeSpan.FromSeconds(60), role.Resources[0].StartTimeout);
        Assert.Empty(role.PossibleOwners);
    }

    [Fact]
    public void Settings_without_a_format_have_the_first() =>
        Assert.Equal(RecordFormat.First, RegistryJson.Decode("""{"id":"i","name":"n","profile":"lan","generation":1}"""u8.ToArray(), RegistryJson.Default.ClusterSettings).Format);

    [Fact]
    public void A_store_of_a_newer_format_is_refused_before_any_of_its_records_is_read()
    {
        var records = ImmutableSortedDictionary<string, StoreRecord>.Empty.WithComparers(StringComparer.Ordinal)
            .Add(RegistryKeys.Node(new NodeName("a")), new StoreRecord(RegistryKeys.Node(new NodeName("a")), "{\"shape\":\"of the future\"}"u8.ToArray(), 1))
            .Add(RegistryKeys.Settings, new StoreRecord(RegistryKeys.Settings, System.Text.Encoding.UTF8.GetBytes($$"""{"nested":{"format":1},"id":{},"format":{{RecordFormat.Newest + 1}}}"""), 2));

        var error = Assert.Throws<HoldfastException>(() => ViewBuilder.From(new StoreView("id", 2, records)));

        Assert.Equal("format.too-new", error.Code);
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.IsArray) return Parts(type.GetElementType()!);
        if (type.IsGenericType) return type.GetGenericArguments().SelectMany(Parts);
        if (!type.IsClass || type == typeof(string) || !IsOurs(type) || RegistryJson.Default.GetTypeInfo(type)?.Kind != JsonTypeInfoKind.Object) return [];
        return type.GetProperties().Where(property => property.PropertyType != type).SelectMany(property => Parts(property.PropertyType)).Prepend(type);
    }

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("Holdfast.", StringComparison.Ordinal);

    private static IEnumerable<string> OptionalKeys(Type type) => type.GetConstructor(Type.EmptyTypes) is not null
        ? type.GetProperties().Where(property => property.SetMethod is not null && property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is null).Select(property => Key(property.Name))
        : Longest(type).GetParameters().Where(parameter => parameter.HasDefaultValue).Select(parameter => Key(parameter.Name!));

    private static string Key(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static ConstructorInfo Longest(Type type) => type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;

    /// <summary>A record with nothing but what it must have.</summary>
    private static object Least(Type type)
    {
        if (type.GetConstructor(Type.EmptyTypes) is { } plain)
        {
            var record = plain.Invoke(null);
            foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null))
                property.SetMethod!.Invoke(record, [Some(property.PropertyType)]);
            return record;
        }

        var constructor = Longest(type);
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.HasDefaultValue ? parameter.DefaultValue : Some(parameter.ParameterType))]);
    }

    private static object? Some(Type type) =>
        type == typeof(string) ? "some" : type == typeof(NodeName) ? new NodeName("a") : type == typeof(RoleName) ? new RoleName("r") : type == typeof(ResourceName) ? new ResourceName("p")
        : type == typeof(Epoch) ? Epoch.Parse("1.2") : Nullable.GetUnderlyingType(type) is not null ? null
        : type.IsArray ? Shared(type)
        : type.IsGenericType && type.GetField("Empty") is { } empty ? empty.GetValue(null)
        : type.IsValueType ? Activator.CreateInstance(type) : Least(type);

    // Records compare arrays by reference.
    private static readonly Dictionary<Type, Array> Arrays = [];

    private static Array Shared(Type type) => Arrays.TryGetValue(type, out var array) ? array : Arrays[type] = Array.CreateInstance(type.GetElementType()!, 0);

    private static string Encode(object record, Type type) => (string)Generic(nameof(EncodeOf), type).Invoke(null, [record])!;

    private static object Decode(string json, Type type)
    {
        try
        {
            return Generic(nameof(DecodeOf), type).Invoke(null, [json])!;
        }
        catch (TargetInvocationException exception)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerException!);
            throw;
        }
    }

    private static MethodInfo Generic(string name, Type type) => typeof(RecordContractTests).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);

    private static string EncodeOf<T>(T record) => System.Text.Encoding.UTF8.GetString(RegistryJson.Encode(record, (JsonTypeInfo<T>)RegistryJson.Default.GetTypeInfo(typeof(T))!).Span);

    private static T DecodeOf<T>(string json) => RegistryJson.Decode(System.Text.Encoding.UTF8.GetBytes(json), (JsonTypeInfo<T>)RegistryJson.Default.GetTypeInfo(typeof(T))!);

    /// <summary>An array that was never set throws at its first use.</summary>
    private static void RequireUsable(object record)
    {
        foreach (var property in record.GetType().GetProperties().Where(property => property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable))))
        {
            if (property.GetValue(record) is IEnumerable many) foreach (var item in many) Assert.NotNull(item);
        }
    }
}
