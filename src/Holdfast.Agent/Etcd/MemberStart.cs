using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Recovery;
using Holdfast.Cluster;
using Holdfast.Cluster.Copies;
using Holdfast.Leash.Protocol;
using Holdfast.Store;

namespace Holdfast.Agent.Etcd;

/// <summary>
/// Starts this voter's member of etcd, with a copy of the store that is not older than what it has acknowledged (ADR 35). An old one is
/// discarded, and the member joins again through the others; it never votes with it.
/// </summary>
internal sealed class MemberStart(NodeRuntime runtime, LeftBehind leftBehind, CopyMark mark, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RejoinLimit = TimeSpan.FromSeconds(15);

    /// <summary>How long the others may take to boot before their silence is worth a word: after a power cut all begin at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly long _since = time.GetTimestamp();
    private string? _told;

    /// <summary>Gets why the member is not started; null when it is, or need not be.</summary>
    public string? Waits { get; private set; }

    /// <summary>Looks once, and starts the member when its copy is proven; one that is not is looked at again in the background.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (runtime is not { Etcd: not null, LeftBehind: null } || await TryAsync(FirstLook, cancellationToken)) return;
        _ = GoOnAsync(cancellationToken);
    }

    private async Task GoOnAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await time.PauseAsync(Pause, cancellationToken);
            if (cancellationToken.IsCancellationRequested || await TryAsync(Look, cancellationToken)) return;
        }
    }

    /// <summary>Returns whether there is nothing more to do.</summary>
    private async Task<bool> TryAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await runtime.MemberTurn.WaitAsync(cancellationToken);
        var etcd = runtime.Etcd!;
        try
        {
            // One that runs was asked about before, and keeps what it acknowledged in its memory too.
            if (!await etcd.IsRunningAsync(cancellationToken))
            {
                var answers = await leftBehind.LookAsync(limit, cancellationToken);
                if (runtime.LeftBehind is not null) return true;
                List<MarkSighting> sightings = [.. answers.Select(answer => new MarkSighting(answer.Standing.CopyMark, answer.Standing.Quorate))];
                switch (CopyFreshness.Judge(mark.Own, runtime.Identity.Voters.Length, sightings, mark.OfThisBoot))
                {
                    case CopyVerdict.Unproven:
                        Waits = $"Node {runtime.Node} does not vote yet: nobody who answers can say whether its copy of the store is the one that it had last. Bring back another voter; if they are gone for good: holdfast cluster recover";
                        if (time.GetElapsedTime(_since) > Patience) Tell("node.copy-unproven", Waits);
                        return false;
                    case CopyVerdict.Old when !await TryRejoinAsync([.. answers.OrderByDescending(answer => answer.Standing.Quorate).Select(answer => answer.Address)], Math.Max(mark.OfThisBoot ?? 0, sightings.Select(seen => seen.Mark).DefaultIfEmpty().Max()), cancellationToken):
                        return false;
                }
            }

            await etcd.EnsureRunningAsync(cancellationToken);
            Waits = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LeashRefusedException)
        {
            Tell("node.member-not-started", $"The member of etcd of node {runtime.Node} was not started: {exception.Message.TrimEnd('.')}. It is tried again.");
            return false;
        }
        finally
        {
            runtime.MemberTurn.Release();
        }
    }

    /// <summary>
    /// Has the old member taken out and a new one announced, which learns everything before it votes; only then is the copy discarded. What breaks
    /// off in between is done again: the mark stays the old one, or goes with the copy, until the new membership is on the disk.
    /// </summary>
    private async Task<bool> TryRejoinAsync(IReadOnlyList<string> others, long seen, CancellationToken cancellationToken)
    {
        Tell("node.copy-old", $"The copy of the store on node {runtime.Node} is older than what it has acknowledged: its mark is {mark.Own}, and {seen} was seen of it. It does not vote with it; its member joins again.");
        using var http = PeerClient.ForNode(runtime.Keys!, Look);
        foreach (var address in others)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(RejoinLimit);
                var uri = new UriBuilder("https", address, runtime.Identity.ApiPort, "v1/peer/rejoin").Uri;
                var given = await PeerClient.SendAsync(http, uri, new PeerPromoteRequest(runtime.Node.Value), PeerJson.Default.PeerPromoteRequest, PeerJson.Default.PeerRejoinResponse, limit.Token);
                Discard(runtime.Etcd!.DataDirectory);
                runtime.JoinAgain(given);
                mark.Write(seen + 1, new Dictionary<string, long>());
                journal.Add("node.copy-discarded", $"The old copy of the store on node {runtime.Node} was discarded; its member of etcd joins again through {address}.");
                return true;
            }
            catch (Exception exception) when (exception is HoldfastException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                Waits = $"Node {runtime.Node} does not vote: its copy of the store is old, and {address} could not let its member join again: {exception.Message}";
            }
        }

        return false;
    }

    /// <summary>Empties the folder; itself it may be a mount.</summary>
    private static void Discard(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var inner in Directory.EnumerateDirectories(folder)) Directory.Delete(inner, recursive: true);
        foreach (var file in Directory.EnumerateFiles(folder)) File.Delete(file);
    }

    private void Tell(string kind, string what)
    {
        Waits = what;
        if (_told == what) return;
        _told = what;
        journal.Add(kind, what);
    }
}
