using System.Collections.Concurrent;
using Holdfast.Cluster;
using Holdfast.Management.People;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Approvals;

/// <summary>
/// Keeps what waits for a second person, and has it carried out once. That it is begun is written before it is: of several who approve one wins, and a later owner of the
/// service finds what this one did not finish.
/// </summary>
/// <param name="carryOut">Carries an approved request out: the status that it was answered with, and what came of it.</param>
/// <param name="look">How what a request is about is now; null for a request that is about nothing that can be compared.</param>
internal sealed partial class ApprovalDesk(
    IApprovalStore store, Func<Approval, CancellationToken, Task<(int Status, string Outcome)>> carryOut, Func<AskedRequest, CancellationToken, Task<string?>> look, TimeProvider time, ILogger<ApprovalDesk> logger) : IDisposable
{
    /// <summary>How many may wait at once.</summary>
    internal const int MostWaiting = 50;

    /// <summary>How many that are over are kept; the audit has all of them.</summary>
    internal const int MostOver = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _asking = new(1, 1);

    // What this process began, ended or not: it begins nothing twice, whatever the store is like.
    private readonly ConcurrentDictionary<string, bool> _begun = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Approval> _unwritten = new(StringComparer.Ordinal);

    /// <summary>Happens when something is asked for or decided.</summary>
    public event Action? Changed;

    /// <summary>Gets all of them, the newest first.</summary>
    public IReadOnlyList<Approval> All => [.. store.All.OrderByDescending(approval => approval.At).ThenBy(approval => approval.Id, StringComparer.Ordinal)];

    /// <summary>Gets those that wait for somebody.</summary>
    public IEnumerable<Approval> Waiting => All.Where(approval => approval.StateAt(time.GetUtcNow()) == ApprovalState.Waiting);

    /// <summary>One of them.</summary>
    /// <exception cref="HoldfastException">Code <c>approval.not-found</c>.</exception>
    public Approval Require(string id) => store.All.FirstOrDefault(approval => approval.Id == id) ?? throw Missing(id);

    /// <summary>Keeps a request until a second person decides. What the same person asked for already is not asked for twice.</summary>
    /// <exception cref="HoldfastException">Codes <c>approval.too-long</c>, <c>approval.too-many</c>.</exception>
    public async Task<Approval> AskAsync(DestructiveAct act, string what, AskedRequest request, Person by, string? reason, TimeSpan expires, CancellationToken cancellationToken)
    {
        if (request.Body.Length > AskedRequest.LongestBody) throw new HoldfastException(ErrorKind.Invalid, "approval.too-long", $"The request has {request.Body.Length} bytes; what waits for a second person may have {AskedRequest.LongestBody}.", "Root on a node can do it there, with the command line.");
        var stamp = await look(request, cancellationToken);
        await _asking.WaitAsync(cancellationToken);
        try
        {
            var (now, digest, waiting) = (time.GetUtcNow(), request.Digest(), Waiting.ToList());
            if (waiting.FirstOrDefault(other => other.Principal == by.Principal && other.Digest == digest && other.Stamp == stamp) is { } same) return same;
            if (waiting.Count >= MostWaiting) throw new HoldfastException(ErrorKind.Conflict, "approval.too-many", $"{MostWaiting} acts wait for a second person.", "Decide about them first.");
            await ForgetAsync(now, cancellationToken);
            var approval = new Approval(Guid.NewGuid().ToString("N")[..12], act.Name, what, request, digest, stamp, by.Name, by.Principal, by.Level, by.Address, now, now + expires, reason);
            await store.ChangeAsync(approval.Id, _ => approval, by.Did($"asked for what needs a second person ({approval.Id}): {what}"), cancellationToken);
            Changed?.Invoke();
            return approval;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Approves one, and has it carried out.</summary>
    /// <returns>It, with what came of it.</returns>
    /// <exception cref="HoldfastException">What <see cref="ApprovalRules.Approve"/> says; or the store does not answer: then it is carried out later, if it was written.</exception>
    public async Task<Approval> ApproveAsync(string id, Person by, string? digest, CancellationToken cancellationToken)
    {
        Approval? approved = null;
        ApprovalRules.Approve(Require(id), by, digest, time.GetUtcNow()); // Who may not is told so before anything else.
        if (!_begun.TryAdd(id, true)) throw new HoldfastException(ErrorKind.Conflict, "approval.decided", "Somebody approved it already.", $"GET /api/v1/approvals/{id} says what came of it.");
        try
        {
            await store.ChangeAsync(id, present => approved = ApprovalRules.Approve(present ?? throw Missing(id), by, digest, time.GetUtcNow()), by.Did($"approved {Require(id).What} ({id}), asked for by {Require(id).AskedBy}"), cancellationToken);
        }
        catch
        {
            _begun.TryRemove(id, out _); // If it was written all the same, the next look finds it begun by nobody.
            throw;
        }

        return await CarryOutAsync(approved!);
    }

    /// <summary>Refuses one, or takes it back.</summary>
    /// <exception cref="HoldfastException">What <see cref="ApprovalRules.Refuse"/> says.</exception>
    public async Task<Approval> RefuseAsync(string id, Person by, string? why, CancellationToken cancellationToken)
    {
        Approval? refused = null;
        await store.ChangeAsync(id, present => refused = ApprovalRules.Refuse(present ?? throw Missing(id), by, why, time.GetUtcNow()), by.Did($"refused {Require(id).What} ({id}), asked for by {Require(id).AskedBy}"), cancellationToken);
        Changed?.Invoke();
        return refused!;
    }

    /// <summary>Goes on with what was begun and not ended, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await TendAsync(cancellationToken);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Goes on with what was begun and not ended: by an earlier owner, or when the store did not answer.</summary>
    internal async Task TendAsync(CancellationToken cancellationToken)
    {
        foreach (var over in _unwritten.Values) await KeepAsync(over);
        foreach (var begun in store.All.Where(approval => approval.State == ApprovalState.Running && _begun.TryAdd(approval.Id, true)))
        {
            try
            {
                if (await ResumeAsync(begun, cancellationToken) is { } over) await KeepAsync(over);
                else await CarryOutAsync(begun);
            }
            catch (HoldfastException notNow) when (notNow.Kind == ErrorKind.Unavailable)
            {
                _begun.TryRemove(begun.Id, out _);
                Log.Later(logger, begun.Id, notNow.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    private async Task<Approval?> ResumeAsync(Approval begun, CancellationToken cancellationToken)
    {
        var act = DestructiveActs.Find(begun.Act);
        try
        {
            return ApprovalRules.Resume(begun, act, await look(begun.Request, cancellationToken), gone: false);
        }
        catch (HoldfastException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            return ApprovalRules.Resume(begun, act, null, gone: true);
        }
    }

    // Nobody who goes away meanwhile may cut it short.
    private async Task<Approval> CarryOutAsync(Approval approved)
    {
        var (status, outcome) = await carryOut(approved, CancellationToken.None);
        var over = ApprovalRules.Over(approved, status < 400 ? ApprovalState.Done : ApprovalState.Failed, status, outcome);
        await KeepAsync(over);
        return over;
    }

    private async Task KeepAsync(Approval over)
    {
        try
        {
            await store.ChangeAsync(over.Id, _ => over, null, CancellationToken.None);
            _unwritten.TryRemove(over.Id, out _);
        }
        catch (HoldfastException notNow)
        {
            _unwritten[over.Id] = over;
            Log.Later(logger, over.Id, notNow.Message);
        }

        Changed?.Invoke();
    }

    private async Task ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var old in All.Where(approval => approval.IsOver(now)).Skip(MostOver - 1)) await store.ChangeAsync(old.Id, _ => null, null, cancellationToken);
    }

    private static HoldfastException Missing(string id) => new(ErrorKind.NotFound, "approval.not-found", $"There is no approval {id}.", "GET /api/v1/approvals lists them; old ones are forgotten.");

    private static partial class Log // Event ids 6400-6419: approvals.
    {
        [LoggerMessage(6400, LogLevel.Warning, "Approval {Id} is seen to again: {Reason}")]
        public static partial void Later(ILogger logger, string id, string reason);
    }
}
