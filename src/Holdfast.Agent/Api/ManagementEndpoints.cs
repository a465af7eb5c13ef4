using System.Text.Json;
using Holdfast.Agent.Access;
using Holdfast.Agent.Doctor;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Looks;
using Holdfast.Agent.Volumes;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>What the management service keeps in the store, and the way to that service for whoever is known on this node.</summary>
internal sealed class ManagementEndpoints(AgentHost host, AgentOptions options, TimeProvider time)
{
    private const int LongestDocument = 1 << 20; // Below what a store takes in one record.
    private Forwarder? _forwarder;

    /// <summary>Maps what this machine may ask.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/management/documents", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListDocumentInfo, () => ListAsync(http.RequestAborted)));
        app.MapPut("/v1/management/documents/{name}", http => AnswerAsync(http, ApiJson.Default.DocumentRevision, async () =>
        {
            var put = await BodyAsync(http, ApiJson.Default.DocumentPut);
            var done = await PutAsync(Part(http, "name"), put, http.RequestAborted);
            // The sentence says who; that the service answers for it is what can be proven here.
            if (put.Audit is { } audit) host.Journal.Add("audit", $"{audit.Who} from {audit.From}: {audit.What}: done.", data: new JournalData(Change: new AuditEntry(time.GetUtcNow(), audit.Who, audit.From, host.Journal.Node, audit.What, "done")));
            return done;
        }));
        app.MapGet("/v1/volumes/shared", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListSharedVolumeInfo, () =>
        {
            var (view, seen) = Runtime.Operations.Situation();
            return Task.FromResult(SharedVolumes.Of(view, Runtime.Node, seen.Wall));
        }));
        app.MapPost("/v1/nodes/{node}/look", http => BytesAsync(http, async () =>
        {
            var node = Runtime.Operations.FindNode(new NodeName(Part(http, "node"))).Value;
            var request = await BodyAsync(http, ApiJson.Default.LookRequest);
            return node.Name == Runtime.Node || Runtime.Peers is not { } peers ? await NodeLook.HereAsync(request, options.RunDirectory, time, http.RequestAborted) : await peers.LookAsync(node, request, http.RequestAborted);
        }));
        app.MapPost("/v1/nodes/{node}/snapshots/{snapshot}", http => BytesAsync(http, async () =>
        {
            var node = Runtime.Operations.FindNode(new NodeName(Part(http, "node"))).Value;
            var (snapshot, request) = (Part(http, "snapshot"), await BodyAsync(http, ApiJson.Default.SnapshotActRequest));
            return node.Name == Runtime.Node || Runtime.Peers is not { } peers ? await SnapshotActs.HereAsync(snapshot, request, time, http.RequestAborted) : await peers.ActOnSnapshotAsync(node, snapshot, request, http.RequestAborted);
        }));
        app.MapPost("/v1/nodes/{node}/test", http => AnswerAsync(http, ApiJson.Default.NodeTestAnswer, () =>
            new NodeTest(Runtime, host.Examination, time).TestAsync(new NodeName(Part(http, "node")), http.RequestAborted)));
        app.Map("/v1/management/service/{**path}", http =>
        {
            var caller = Caller(http);
            return Forwarder().PassAsync(http, Place(), "/" + Part(http, "path"), new Said(caller.From, CallerText.Write(caller.Level, caller.From, caller.Who)));
        });
    }

    /// <summary>Maps what other nodes pass on.</summary>
    public void MapPeer(IEndpointRouteBuilder app)
    {
        app.Map(Doors.Forwarder.PeerPrefix + "/{**path}", http => Forwarder().FromPeerAsync(http, "/" + Part(http, "path")));
        app.MapPost("/v1/peer/look", http => BytesAsync(http, async () => await NodeLook.HereAsync(await BodyAsync(http, ApiJson.Default.LookRequest), options.RunDirectory, time, http.RequestAborted)));
        app.MapPost("/v1/peer/snapshots/{snapshot}", http => BytesAsync(http, async () => await SnapshotActs.HereAsync(Part(http, "snapshot"), await BodyAsync(http, ApiJson.Default.SnapshotActRequest), time, http.RequestAborted)));
    }

    private static Caller Caller(HttpContext http) => http.Features.Get<Caller>() ?? throw new InvalidOperationException("The gate lets nobody pass without a name.");

    private NodeRuntime Runtime => host.RequireRuntime();

    private Forwarder Forwarder() => _forwarder ??= new Forwarder(Runtime, options);

    private ManagementPlace Place() => ManagementRole.Where(Runtime.Feed.Current?.View, Runtime.Node);

    private async Task<IReadOnlyList<DocumentInfo>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await Runtime.Registry.Store.ReadAsync(RegistryKeys.Management, cancellationToken)).Records.Values
            .Select(record => new DocumentInfo(record.Key[RegistryKeys.Management.Length..], record.Revision, JsonElement.Parse(record.Value.Span))),
    ];

    /// <summary>A document is written only for who owns the role at that very moment, and only over what they judged.</summary>
    private async Task<DocumentRevision> PutAsync(string name, DocumentPut put, CancellationToken cancellationToken)
    {
        EntityName.Require(name, "document");
        var placement = await Runtime.Registry.FindAsync(RegistryKeys.Placement(ManagementRole.Name), RegistryJson.Default.Placement, cancellationToken);
        if (placement is not { } placed || placed.Value.IsFree || placed.Value.Epoch != put.Epoch)
            throw new HoldfastException(ErrorKind.Conflict, "management.superseded", $"Nothing was written to document {name}: the management service went on at epoch {placement?.Value.Epoch ?? Epoch.None}, and this is from epoch {put.Epoch}.", "The copy that wrote this has to end.");
        var bytes = put.Value is { } value ? JsonSerializer.SerializeToUtf8Bytes(value) : null;
        if (bytes?.Length > LongestDocument) throw new HoldfastException(ErrorKind.Invalid, "document.too-large", $"Document {name} would have {bytes.Length} bytes; it may have {LongestDocument}.", "Remove what is not needed any more.");
        var key = RegistryKeys.Management + name;
        var outcome = await Runtime.Registry.Store.CommitAsync(
            new([new(key, put.Revision), new(RegistryKeys.Placement(ManagementRole.Name), placed.Revision)], [new StoreWrite(key, bytes)]), cancellationToken);
        return outcome switch
        {
            CommitOutcome.Committed committed => new DocumentRevision(committed.Revision),
            CommitOutcome.Unknown unknown => throw new StoreUnavailableException($"Whether document {name} was written is unknown: {unknown.Reason}"),
            _ => throw new HoldfastException(ErrorKind.Conflict, "document.changed", $"Document {name} was changed by somebody else since it was read.", "Read it again."),
        };
    }
}
