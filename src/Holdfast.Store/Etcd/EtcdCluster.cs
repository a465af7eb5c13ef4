using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Holdfast.Cluster;
using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;

namespace Holdfast.Store.Etcd;

/// <summary>
/// The members of an etcd cluster, for whoever supervises them. Nothing here is retried; a failed call may have been carried
/// out, so look before you try again.
/// </summary>
/// <remarks>
/// Errors are <see cref="StoreUnavailableException"/> when nobody answered and a <see cref="HoldfastException"/>
/// <c>store.etcd</c> with etcd's own words when it refused.
/// </remarks>
public sealed class EtcdCluster(EtcdOptions options) : IDisposable
{
    private const int SnapshotHashBytes = 32;

    // etcd makes a member's id from its address and the time in whole seconds, and no removed id may come back: who adds again
    // what was removed within the same second is told "member not found".
    private const int SameSecondAttempts = 15;
    private static readonly TimeSpan SameSecondPause = TimeSpan.FromMilliseconds(200);

    private readonly ImmutableArray<GrpcChannel> _channels = [.. options.Endpoints.Select(address => new GrpcChannel(address, options))];

    /// <summary>Gets how long an ordinary call may take. The default is 5 seconds: a change of membership waits for an election.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Lists the members.</summary>
    public async Task<ImmutableArray<EtcdMember>> MembersAsync(CancellationToken cancellationToken) =>
        ToMembers((await AnyAsync(EtcdMethods.MemberList, new MemberListRequest(), cancellationToken)).Members);

    /// <summary>
    /// Adds a member that learns but does not vote yet, so that the quorum does not count a member that may never start.
    /// </summary>
    public async Task<(EtcdMember Added, ImmutableArray<EtcdMember> All)> AddLearnerAsync(Uri peerAddress, CancellationToken cancellationToken)
    {
        for (var left = SameSecondAttempts; ; left--)
        {
            try
            {
                var response = await AnyAsync(EtcdMethods.MemberAdd, new MemberAddRequest { PeerUrls = { ToText(peerAddress) }, IsLearner = true }, cancellationToken);
                return (ToMember(response.Member), ToMembers(response.Members));
            }
            catch (HoldfastException removed) when (removed.Kind == ErrorKind.NotFound && left > 1)
            {
                await Task.Delay(SameSecondPause, TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>Lets a learner vote; refused until it has caught up with the leader.</summary>
    public Task PromoteAsync(ulong memberId, CancellationToken cancellationToken) =>
        AnyAsync(EtcdMethods.MemberPromote, new MemberPromoteRequest { Id = memberId }, cancellationToken);

    /// <summary>Removes a member; it may not come back with its old data. One that is gone already is no error.</summary>
    public async Task RemoveMemberAsync(ulong memberId, CancellationToken cancellationToken)
    {
        try
        {
            await AnyAsync(EtcdMethods.MemberRemove, new MemberRemoveRequest { Id = memberId }, cancellationToken);
        }
        catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
        {
            // Another was faster, or the member that listed it lags behind.
        }
    }

    /// <summary>Changes where the other members reach one.</summary>
    public Task UpdateMemberAsync(ulong memberId, IEnumerable<Uri> peerAddresses, CancellationToken cancellationToken) =>
        AnyAsync(EtcdMethods.MemberUpdate, new MemberUpdateRequest { Id = memberId, PeerUrls = { peerAddresses.Select(ToText) } }, cancellationToken);

    /// <summary>Asks one member, one of the endpoints, how it is.</summary>
    public async Task<EtcdStatus> StatusAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        var status = await OneAsync(endpoint, EtcdMethods.Status, new StatusRequest(), Timeout, cancellationToken);
        return new EtcdStatus(
            status.Header.ClusterId, status.Header.MemberId, status.Leader, status.Version, status.DbSize, status.DbSizeInUse,
            status.RaftTerm, status.RaftIndex, status.Header.Revision, [.. status.Errors]);
    }

    /// <summary>Hands leadership to a member. Only the leader can do so: name its endpoint.</summary>
    public Task MoveLeaderAsync(Uri leaderEndpoint, ulong toMemberId, CancellationToken cancellationToken) =>
        OneAsync(leaderEndpoint, EtcdMethods.MoveLeader, new MoveLeaderRequest { TargetId = toMemberId }, Timeout, cancellationToken);

    /// <summary>
    /// Gives free pages of one member's database back to the file system. The member answers nothing meanwhile: one member
    /// at a time, the leader last.
    /// </summary>
    public Task DefragmentAsync(Uri endpoint, TimeSpan timeout, CancellationToken cancellationToken) =>
        OneAsync(endpoint, EtcdMethods.Defragment, new DefragmentRequest(), timeout, cancellationToken);

    /// <summary>Forgets old revisions. Stay well behind the newest: watchers that are further behind must read afresh.</summary>
    public Task CompactAsync(long revision, CancellationToken cancellationToken) =>
        AnyAsync(EtcdMethods.Compact, new CompactionRequest { Revision = revision }, cancellationToken);

    /// <summary>Lists the alarms that are on.</summary>
    public async Task<ImmutableArray<EtcdAlarm>> AlarmsAsync(CancellationToken cancellationToken)
    {
        var response = await AnyAsync(EtcdMethods.Alarm, new AlarmRequest { Action = AlarmRequest.Types.Action.Get }, cancellationToken);
        return [.. response.Alarms.Select(alarm => new EtcdAlarm(alarm.MemberId, (EtcdAlarmKind)alarm.Alarm))];
    }

    /// <summary>Turns an alarm off, once its cause is gone: compacted and defragmented, or the member replaced.</summary>
    public Task DisarmAsync(EtcdAlarm alarm, CancellationToken cancellationToken) => AnyAsync(
        EtcdMethods.Alarm,
        new AlarmRequest { Action = AlarmRequest.Types.Action.Deactivate, MemberId = alarm.MemberId, Alarm = (AlarmType)alarm.Kind },
        cancellationToken);

    /// <summary>
    /// Saves one member's database in the form that etcd restores from. The file appears under its name only when it is
    /// whole, verified and on the disk.
    /// </summary>
    public async Task SaveSnapshotAsync(Uri endpoint, string path, CancellationToken cancellationToken)
    {
        var partial = path + ".partial";
        try
        {
            await using var stream = ChannelOf(endpoint).OpenDuplex(EtcdMethods.Snapshot, requireLeader: false);
            using var cancelling = cancellationToken.Register(stream.Cancel);
            await stream.SendAsync(new SnapshotRequest(), cancellationToken);
            stream.EndRequest();
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await CopySnapshotAsync(stream, file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (GrpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw ToAnswer(e);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
    }

    // etcd ends a snapshot with the SHA-256 of all that came before.
    private static async Task CopySnapshotAsync(GrpcDuplex<SnapshotRequest, SnapshotResponse> stream, FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var tail = ReadOnlyMemory<byte>.Empty; // Hashed only once it is known not to be the hash itself.
        while (await stream.ReadOrEndAsync() is { } part)
        {
            await file.WriteAsync(part.Blob.Memory, cancellationToken);
            ReadOnlyMemory<byte> known = tail.IsEmpty ? part.Blob.Memory : (byte[])[.. tail.Span, .. part.Blob.Span];
            var body = Math.Max(0, known.Length - SnapshotHashBytes);
            hash.AppendData(known.Span[..body]);
            tail = known[body..];
        }

        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(tail.Span))
        {
            throw new HoldfastException(ErrorKind.Unavailable, "store.etcd", "The snapshot that etcd sent is incomplete or damaged.", "Try again, or take it from another member.");
        }
    }

    /// <summary>Asks the first endpoint that can be reached. A request that may have been sent is not sent again.</summary>
    private async Task<TResponse> AnyAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await CallAsync(_channels[i], method, request, Timeout, cancellationToken);
            }
            catch (GrpcException e) when (!e.MayHaveBeenSent && i + 1 < _channels.Length)
            {
                // It never got there; the next endpoint.
            }
            catch (GrpcException e)
            {
                throw ToAnswer(e);
            }
        }
    }

    private async Task<TResponse> OneAsync<TRequest, TResponse>(Uri endpoint, GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await CallAsync(ChannelOf(endpoint), method, request, timeout, cancellationToken);
        }
        catch (GrpcException e)
        {
            throw ToAnswer(e);
        }
    }

    private static async Task<TResponse> CallAsync<TRequest, TResponse>(GrpcChannel channel, GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await channel.CallAsync(method, request, requireLeader: false, deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GrpcException(GrpcCode.Unavailable, $"{channel.Address.Authority} did not answer within {timeout.TotalSeconds:0.#} s", mayHaveBeenSent: true, e);
        }
    }

    private GrpcChannel ChannelOf(Uri endpoint) =>
        _channels.FirstOrDefault(channel => channel.Address == endpoint) ?? throw new ArgumentException($"{endpoint} is none of the endpoints.", nameof(endpoint));

    private static HoldfastException ToAnswer(GrpcException e) => e.Code switch
    {
        GrpcCode.Unavailable => new StoreUnavailableException($"etcd cannot be asked: {e.Message}.", e),
        GrpcCode.NotFound => new HoldfastException(ErrorKind.NotFound, "store.etcd", $"etcd refused: {e.Message}.", inner: e),
        GrpcCode.InvalidArgument or GrpcCode.OutOfRange => new HoldfastException(ErrorKind.Invalid, "store.etcd", $"etcd refused: {e.Message}.", inner: e),
        GrpcCode.PermissionDenied or GrpcCode.Unauthenticated => new HoldfastException(ErrorKind.Forbidden, "store.etcd", $"etcd refused: {e.Message}.", inner: e),
        _ => new HoldfastException(ErrorKind.Conflict, "store.etcd", $"etcd refused: {e.Message}.", inner: e),
    };

    private static ImmutableArray<EtcdMember> ToMembers(IEnumerable<Member> members) => [.. members.Select(ToMember)];

    private static EtcdMember ToMember(Member member) =>
        new(member.Id, member.Name, [.. member.PeerUrls.Select(url => new Uri(url))], [.. member.ClientUrls.Select(url => new Uri(url))], member.IsLearner);

    // etcd wants no slash behind the port.
    private static string ToText(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
