using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Api;

/// <summary>The node API's messages as JSON, for both of its ends.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters =
    [
        typeof(NodeNameConverter), typeof(RoleNameConverter), typeof(ResourceNameConverter), typeof(EpochConverter), typeof(PropertyValueConverter),
        typeof(CamelCaseEnum<PlacementPhase>), typeof(CamelCaseEnum<DesiredState>), typeof(CamelCaseEnum<ChangeKind>), typeof(CamelCaseEnum<NodeKind>), typeof(CamelCaseEnum<NodeIntent>), typeof(CamelCaseEnum<AccessLevel>), typeof(CamelCaseEnum<FindingLevel>), typeof(CamelCaseEnum<JobState>), typeof(CamelCaseEnum<LookKind>), typeof(CamelCaseEnum<SnapshotAct>), typeof(CamelCaseEnum<SharedVolumePlace>),
    ])]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(CreateClusterRequest))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(IReadOnlyList<NodeStatus>))]
[JsonSerializable(typeof(IReadOnlyList<RoleSummary>))]
[JsonSerializable(typeof(RoleDetail))]
[JsonSerializable(typeof(RoleExplain))]
[JsonSerializable(typeof(IReadOnlyList<Standby>))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(WhatIfAnswer))]
[JsonSerializable(typeof(RebootAnswer))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(RehearsalAnswer))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(IReadOnlyList<GrantInfo>))]
[JsonSerializable(typeof(IReadOnlyList<AuditEntry>))]
[JsonSerializable(typeof(IReadOnlyList<FailureOutlook>))]
[JsonSerializable(typeof(ApplyResponse))]
[JsonSerializable(typeof(MoveStoreRequest))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoreResponse))]
[JsonSerializable(typeof(UpgradeStatus))]
[JsonSerializable(typeof(IReadOnlyList<JobInfo>))]
[JsonSerializable(typeof(JobDetail))]
[JsonSerializable(typeof(JobPauseRequest))]
[JsonSerializable(typeof(JobRunAnswer))]
[JsonSerializable(typeof(JobCalendar))]
[JsonSerializable(typeof(IReadOnlyList<SchedulerInfo>))]
[JsonSerializable(typeof(SchedulerStopRequest))]
[JsonSerializable(typeof(IReadOnlyList<CalendarInfo>))]
[JsonSerializable(typeof(IReadOnlyList<DocumentInfo>))]
[JsonSerializable(typeof(DocumentPut))]
[JsonSerializable(typeof(DocumentRevision))]
[JsonSerializable(typeof(IReadOnlyList<SharedVolumeInfo>))]
[JsonSerializable(typeof(LookRequest))]
[JsonSerializable(typeof(SnapshotActRequest))]
[JsonSerializable(typeof(NodeTestAnswer))]
[JsonSerializable(typeof(NodeSettings))]
[JsonSerializable(typeof(NodeSettingsAnswer))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(ClusterEvent))]
[JsonSerializable(typeof(IReadOnlyList<ClusterEvent>))]
[JsonSerializable(typeof(JournalPage))]
public sealed partial class ApiJson : JsonSerializerContext;
