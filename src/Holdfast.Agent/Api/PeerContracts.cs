using System.Text.Json.Serialization;
using Holdfast.Agent.Resources;

namespace Holdfast.Agent.Api;

// What nodes say to each other; not for users. Only /v1/peer/join is open to a caller without a certificate: its token is the proof.

/// <summary>POST /v1/peer/join</summary>
/// <param name="CertificateRequest">PKCS #10.</param>
/// <param name="Format">The newest record format that the joining build reads.</param>
internal sealed record PeerJoinRequest(string TokenId, byte[] TokenSecret, string Node, string Address, int ApiPort, bool Witness, byte[] CertificateRequest, int Format = 1, bool Client = false);

/// <summary>What a node needs to be part of the cluster.</summary>
internal sealed record PeerJoinResponse(
    string ClusterId, string ClusterName, string Profile, string AuthorityPem, string CertificatePem, byte[] ClusterKey,
    bool Voter, string? EtcdInitialCluster, string[] Voters, string? RevocationPem, string? StoreAddress = null);

/// <summary>POST /v1/peer/promote: the node's etcd member runs and may vote as soon as it has caught up.</summary>
internal sealed record PeerPromoteRequest(string Node);

/// <summary>GET /v1/peer/standing?node=NAME: which store a node follows, and what the named node is to it. Any certificate of the cluster's authority may ask, also a revoked one: who was left behind must be able to hear it.</summary>
/// <param name="Generation">0 and a null id before the store was reached.</param>
/// <param name="Quorate">Whether the store answers this node.</param>
/// <param name="Member">Whether the named node is part of the cluster.</param>
/// <param name="CopyMark">The last mark that this node has seen of the named one's copy of the store; 0 for none.</param>
internal sealed record PeerStanding(string ClusterId, int Generation, string? StoreId, bool Quorate, bool Member, long CopyMark = 0);

/// <summary>POST /v1/peer/rejoin: the node that asks has lost its copy of the store, and its member of etcd shall begin anew. Answered with what that member is started with.</summary>
internal sealed record PeerRejoinResponse(string EtcdInitialCluster, string[] Voters);

/// <summary>GET /v1/peer/mounts/{uuid}: where this node has a file system with that UUID mounted; null when nowhere.</summary>
internal sealed record MountAnswer(string? Target);

/// <summary>GET /v1/peer/build: what this node runs, and what is installed there.</summary>
/// <param name="Running">The version of its agent.</param>
/// <param name="Guard">The version of its leash.</param>
/// <param name="Installed">The version that a restart would bring.</param>
/// <param name="Format">The newest record format that it reads.</param>
/// <param name="Holds">Whether it holds a lease.</param>
/// <param name="StoreProfile">The timing of its member of etcd.</param>
internal sealed record NodeBuildAnswer(string Running, string? Guard, string? Installed, int Format, bool Holds, string StoreProfile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PeerJoinRequest))]
[JsonSerializable(typeof(PeerJoinResponse))]
[JsonSerializable(typeof(PeerPromoteRequest))]
[JsonSerializable(typeof(PeerRejoinResponse))]
[JsonSerializable(typeof(MountAnswer))]
[JsonSerializable(typeof(PeerStanding))]
[JsonSerializable(typeof(NodeBuildAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ProgressAnswer))]
[JsonSerializable(typeof(Pulse))]
[JsonSerializable(typeof(IReadOnlyList<SpecProblem>))]
internal sealed partial class PeerJson : JsonSerializerContext;
