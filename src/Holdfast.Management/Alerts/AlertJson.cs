using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Agent.Api;

namespace Holdfast.Management.Alerts;

/// <summary>Alerts, their rules, channels and state as JSON: in the cluster's store, in the API and on webhooks.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(CamelCaseEnum<AlertSeverity>), typeof(CamelCaseEnum<AlertTrigger>), typeof(CamelCaseEnum<AlertStatus>), typeof(CamelCaseEnum<MailSecurity>)])]
[JsonSerializable(typeof(AlertState))]
[JsonSerializable(typeof(AlertRules))]
[JsonSerializable(typeof(AlertChannels))]
[JsonSerializable(typeof(AlertMutes))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertRule))]
[JsonSerializable(typeof(ImmutableArray<AlertRule>))]
[JsonSerializable(typeof(AlertChannel))]
[JsonSerializable(typeof(ImmutableArray<AlertChannel>))]
[JsonSerializable(typeof(AlertMute))]
[JsonSerializable(typeof(ImmutableArray<AlertMute>))]
[JsonSerializable(typeof(AlertMessage))]
[JsonSerializable(typeof(WebhookBody))]
public sealed partial class AlertJson : JsonSerializerContext;
