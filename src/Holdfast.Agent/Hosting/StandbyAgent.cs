using System.Security.Cryptography;
using Holdfast.Cluster;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Hosting;

/// <summary>
/// An agent until the leash gives it control: at once when it is the only one, otherwise when the one before it has ended.
/// Meanwhile it follows the store, so that everything it needs to renew the lease is connected, read and compiled.
/// </summary>
internal sealed class StandbyAgent(AgentOptions options, TimeProvider time, Func<CancellationToken, Task> rehearse)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private Stamp _seen;
    private StoreFollower? _follower;
    private bool _settled;

    /// <summary>Waits for control.</summary>
    /// <returns>The leash, and what was followed already; null when the machine belongs to no cluster, or its store has room for one agent only.</returns>
    /// <exception cref="HoldfastException">The leash refused it.</exception>
    public async Task<(LeashClient Leash, StoreFollower? Follower)> WaitForControlAsync(CancellationToken cancellationToken)
    {
        var control = LeashClient.ConnectAsync(options.RunDirectory, observe: false, cancellationToken);
        try
        {
            do
            {
                await FollowAsync();
                await Task.WhenAny(control, Task.Delay(LookPeriod, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                if (!control.IsCompleted) await SettleAsync(control, cancellationToken);
            }
            while (!control.IsCompleted);
            await FollowAsync();
            return (await control, _follower);
        }
        catch
        {
            if (_follower is { } follower) await follower.DisposeAsync();
            if (control.IsCompletedSuccessfully) await control.Result.DisposeAsync();
            throw;
        }
    }

    /// <summary>The machine may join a cluster, or get other voters or keys, while this agent waits.</summary>
    private async Task FollowAsync()
    {
        var stamp = Stamp.Of(options);
        if (stamp == _seen) return;
        if (_follower is { } before) await before.DisposeAsync();
        (_follower, _settled) = (null, false);
        try
        {
            // The embedded store locks its folder: it is opened when the agent before has gone.
            if (NodeIdentity.Load(options.StateDirectory) is { Store: not StoreKind.Embedded } identity) _follower = new StoreFollower(identity, options);
            _seen = stamp;
        }
        catch (Exception exception) when (exception is HoldfastException or IOException or CryptographicException)
        {
            // Perhaps half written; looked at again in a while. Who has control says what is wrong.
        }
    }

    /// <summary>Once everything is there: tries out what can be tried, and gives back the memory that starting up took. It may be a long wait.</summary>
    private async Task SettleAsync(Task control, CancellationToken cancellationToken)
    {
        if (_settled || _follower is { Feed.Current: null }) return;
        _settled = true;
        var rehearsal = rehearse(cancellationToken);
        if (await Task.WhenAny(control, rehearsal) == control) return; // The lease does not wait; the rest of the rehearsal does no harm.
        await rehearsal;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>When the files that say who this machine is were written last.</summary>
    private readonly record struct Stamp(DateTime Identity, DateTime Authority, DateTime Certificate, DateTime Key)
    {
        public static Stamp Of(AgentOptions options)
        {
            var keys = new Trust.NodeKeys(StoreFollower.TrustFolder(options));
            return new(File.GetLastWriteTimeUtc(NodeIdentity.PathIn(options.StateDirectory)), File.GetLastWriteTimeUtc(keys.AuthorityFile), File.GetLastWriteTimeUtc(keys.CertificateFile), File.GetLastWriteTimeUtc(keys.KeyFile));
        }
    }
}
