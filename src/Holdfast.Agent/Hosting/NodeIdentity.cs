using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Cluster;

namespace Holdfast.Agent.Hosting;

/// <summary>Where the cluster's records are.</summary>
internal enum StoreKind
{
    /// <summary>A SQLite file of this node; a cluster of one machine.</summary>
    Embedded,

    /// <summary>etcd, on this node or on others.</summary>
    Etcd,

    /// <summary>A PostgreSQL database that all nodes reach; its address is a file of its own, because it may hold a password.</summary>
    Postgres,
}

/// <summary>Who this machine is: <c>STATE/node.json</c>, written once by create or join.</summary>
internal sealed record NodeIdentity
{
    /// <summary>The port of the node API.</summary>
    public const int DefaultApiPort = 7443;

    public required string ClusterId { get; init; }

    public required string ClusterName { get; init; }

    public required string Node { get; init; }

    public required string Address { get; init; }

    public int ApiPort { get; init; } = DefaultApiPort;

    public required StoreKind Store { get; init; }

    /// <summary>Gets whether this node runs a member of etcd.</summary>
    public required bool Voter { get; init; }

    /// <summary>Gets whether this is a client machine: protected, and no part of what keeps the cluster running.</summary>
    public bool Client { get; init; }

    /// <summary>Gets etcd's <c>--initial-cluster</c>, as it was when this member was added.</summary>
    public string? EtcdInitialCluster { get; init; }

    /// <summary>Gets etcd's <c>--initial-cluster-state</c>.</summary>
    public string? EtcdInitialState { get; init; }

    /// <summary>Gets etcd's <c>--initial-cluster-token</c> when it is not the cluster's id: of a store that began anew, so that its members are no members of the old one.</summary>
    public string? EtcdToken { get; init; }

    /// <summary>Gets the name of the folder of this member's data, in the state folder. The default is <c>etcd</c>; a store that began anew has one of its own.</summary>
    public string? EtcdFolder { get; init; }

    /// <summary>Gets why this node is no part of the cluster any more; null when it is one.</summary>
    public string? LeftBehind { get; init; }

    /// <summary>Gets the generation of the store as last known; 0 before it was.</summary>
    public int Generation { get; init; }

    /// <summary>Gets the id of the store as last known; null before it was. With <see cref="Generation"/> it tells, before the store can be asked, whether the cluster went on without this node.</summary>
    public string? StoreId { get; init; }

    /// <summary>Gets the addresses of the voters as last known, to reach the store through when there is no member here.</summary>
    public required string[] Voters { get; init; }

    /// <summary>Gets the timing profile's name as last known: etcd needs it before the store can be asked.</summary>
    public required string Profile { get; init; }

    /// <summary>Reads the identity; null when this machine belongs to no cluster yet.</summary>
    /// <exception cref="HoldfastException">Code <c>state.damaged</c>.</exception>
    public static NodeIdentity? Load(string stateDirectory)
    {
        var path = PathIn(stateDirectory);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJson.Default.NodeIdentity) ?? throw new JsonException("it says nothing");
        }
        catch (JsonException exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "state.damaged", $"{path} cannot be read: {exception.Message}", "Restore the file from a backup, or evict this node and join it again.", exception);
        }
    }

    /// <summary>Writes the identity so that a crash leaves the old one or the new one.</summary>
    public void Save(string stateDirectory)
    {
        var path = PathIn(stateDirectory);
        using (var stream = File.Create(path + ".new"))
        {
            JsonSerializer.Serialize(stream, this, IdentityJson.Default.NodeIdentity);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Forgets an identity that was never finished.</summary>
    public static void Delete(string stateDirectory) => File.Delete(PathIn(stateDirectory));

    /// <summary>Where it is.</summary>
    public static string PathIn(string stateDirectory) => Path.Combine(stateDirectory, "node.json");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeIdentity))]
internal sealed partial class IdentityJson : JsonSerializerContext;
