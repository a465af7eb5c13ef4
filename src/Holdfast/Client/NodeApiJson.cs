using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Cli.Machine;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Jobs;
using Holdfast.Cli.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Management.Api;
using Holdfast.Management.Approvals;
using Holdfast.Management.Settings;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Client;

/// <summary>The node API's messages as generated code: reflection would cost a one-shot command more than the request itself.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    Converters =
    [
        typeof(CamelCaseEnum<PlacementPhase>), typeof(CamelCaseEnum<DesiredState>), typeof(CamelCaseEnum<NodeKind>), typeof(CamelCaseEnum<NodeIntent>), typeof(CamelCaseEnum<AccessLevel>), typeof(CamelCaseEnum<FindingLevel>),
        typeof(CamelCaseEnum<ChangeKind>), typeof(CamelCaseEnum<SharedVolumePlace>), typeof(CamelCaseEnum<JobState>), typeof(CamelCaseEnum<ApprovalState>), typeof(NodeNameJson), typeof(EpochJson),
    ])]
[JsonSerializable(typeof(PersonInfo[]))]
[JsonSerializable(typeof(PersonPut))]
[JsonSerializable(typeof(PersonDone))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(DatabaseAsked))]
[JsonSerializable(typeof(DatabaseReport))]
[JsonSerializable(typeof(ApprovalInfo[]))]
[JsonSerializable(typeof(ApprovalDetail))]
[JsonSerializable(typeof(ApprovalAsked))]
[JsonSerializable(typeof(ApprovalAnswer))]
[JsonSerializable(typeof(ApprovalRefusal))]
[JsonSerializable(typeof(ApprovalDone))]
[JsonSerializable(typeof(NodeTestAnswer))]
[JsonSerializable(typeof(NodeSettings))]
[JsonSerializable(typeof(NodeSettingsAnswer))]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(CreateClusterRequest))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(NodeStatus[]))]
[JsonSerializable(typeof(RoleSummary[]))]
[JsonSerializable(typeof(RoleDetail))]
[JsonSerializable(typeof(RoleExplain))]
[JsonSerializable(typeof(Standby[]))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(WhatIfAnswer))]
[JsonSerializable(typeof(RebootAnswer))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(RehearsalAnswer))]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(GrantInfo[]))]
[JsonSerializable(typeof(AuditEntry[]))]
[JsonSerializable(typeof(FailureOutlook[]))]
[JsonSerializable(typeof(ApplyResponse))]
[JsonSerializable(typeof(MoveStoreRequest))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoreResponse))]
[JsonSerializable(typeof(UpgradeStatus))]
[JsonSerializable(typeof(SharedVolumeInfo[]))]
[JsonSerializable(typeof(JobInfo[]))]
[JsonSerializable(typeof(JobDetail))]
[JsonSerializable(typeof(RunInfo[]))]
[JsonSerializable(typeof(JobPauseRequest))]
[JsonSerializable(typeof(JobRunAnswer))]
[JsonSerializable(typeof(JobCalendar))]
[JsonSerializable(typeof(SchedulerInfo[]))]
[JsonSerializable(typeof(SchedulerStopRequest))]
[JsonSerializable(typeof(CalendarInfo[]))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(ClusterEvent))]
[JsonSerializable(typeof(ClusterEvent[]))]
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(CheckResult))]
[JsonSerializable(typeof(TypeInfo[]))]
internal sealed partial class NodeApiJson : JsonSerializerContext
{
    /// <summary>Gets the same, written for a terminal: quotes and accents stay what they are. Never for HTML.</summary>
    public static NodeApiJson Printed => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>A node's name as plain text.</summary>
internal sealed class NodeNameJson : JsonConverter<NodeName>
{
    public override NodeName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, NodeName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>An epoch as <c>generation.number</c>.</summary>
internal sealed class EpochJson : JsonConverter<Epoch>
{
    public override Epoch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Epoch.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, Epoch value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
