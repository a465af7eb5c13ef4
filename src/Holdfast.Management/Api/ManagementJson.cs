using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;

namespace Holdfast.Management.Api;

/// <summary>The messages and documents of the management service as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(CamelCaseEnum<AccessLevel>)])]
[JsonSerializable(typeof(PeopleRecord))]
[JsonSerializable(typeof(SessionsRecord))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SessionInfo))]
[JsonSerializable(typeof(IReadOnlyList<PersonInfo>))]
[JsonSerializable(typeof(PersonPut))]
[JsonSerializable(typeof(PersonDone))]
[JsonSerializable(typeof(TokenAsked))]
[JsonSerializable(typeof(TokenMade))]
[JsonSerializable(typeof(IReadOnlyList<TokenInfo>))]
[JsonSerializable(typeof(Overview))]
[JsonSerializable(typeof(ServiceInfo))]
internal sealed partial class ManagementJson : JsonSerializerContext;
