using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;

namespace Holdfast.Store.Etcd;

/// <summary>The methods of etcd's API that are used.</summary>
internal static class EtcdMethods
{
    public static readonly GrpcMethod<RangeRequest, RangeResponse> Range = new("/etcdserverpb.KV/Range", RangeResponse.Parser);
    public static readonly GrpcMethod<TxnRequest, TxnResponse> Txn = new("/etcdserverpb.KV/Txn", TxnResponse.Parser);
    public static readonly GrpcMethod<CompactionRequest, CompactionResponse> Compact = new("/etcdserverpb.KV/Compact", CompactionResponse.Parser);
    public static readonly GrpcMethod<WatchRequest, WatchResponse> Watch = new("/etcdserverpb.Watch/Watch", WatchResponse.Parser);
    public static readonly GrpcMethod<MemberListRequest, MemberListResponse> MemberList = new("/etcdserverpb.Cluster/MemberList", MemberListResponse.Parser);
    public static readonly GrpcMethod<MemberAddRequest, MemberAddResponse> MemberAdd = new("/etcdserverpb.Cluster/MemberAdd", MemberAddResponse.Parser);
    public static readonly GrpcMethod<MemberPromoteRequest, MemberPromoteResponse> MemberPromote = new("/etcdserverpb.Cluster/MemberPromote", MemberPromoteResponse.Parser);
    public static readonly GrpcMethod<MemberRemoveRequest, MemberRemoveResponse> MemberRemove = new("/etcdserverpb.Cluster/MemberRemove", MemberRemoveResponse.Parser);
    public static readonly GrpcMethod<MemberUpdateRequest, MemberUpdateResponse> MemberUpdate = new("/etcdserverpb.Cluster/MemberUpdate", MemberUpdateResponse.Parser);
    public static readonly GrpcMethod<StatusRequest, StatusResponse> Status = new("/etcdserverpb.Maintenance/Status", StatusResponse.Parser);
    public static readonly GrpcMethod<MoveLeaderRequest, MoveLeaderResponse> MoveLeader = new("/etcdserverpb.Maintenance/MoveLeader", MoveLeaderResponse.Parser);
    public static readonly GrpcMethod<DefragmentRequest, DefragmentResponse> Defragment = new("/etcdserverpb.Maintenance/Defragment", DefragmentResponse.Parser);
    public static readonly GrpcMethod<AlarmRequest, AlarmResponse> Alarm = new("/etcdserverpb.Maintenance/Alarm", AlarmResponse.Parser);
    public static readonly GrpcMethod<SnapshotRequest, SnapshotResponse> Snapshot = new("/etcdserverpb.Maintenance/Snapshot", SnapshotResponse.Parser);
}
