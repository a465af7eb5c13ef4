using Holdfast.Leash.Core;
using Holdfast.Leash.Guarding;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Units;

namespace Holdfast.Leash.Serving;

/// <summary>Looks after each batch of the queue at what the guard's threads have done: tells the agent, logs, tidies the lists.</summary>
internal sealed class ExpiryReporter(LeashShell shell, RevokeList revokes, Guard guard)
{
    private long _expiredTold;
    private long _cleanTold;
    private bool _stuckTold;

    public void Look()
    {
        long incarnation;
        bool expired, clean;
        string reason;
        TimeSpan took;
        UnitEntry[] gone = [];
        lock (shell.Gate)
        {
            var core = shell.Core;
            (incarnation, expired, clean, reason, took) = (core.Incarnation, core.Expired, core.Clean, core.ExpiryReason, core.LastSweep);
            if (!expired) return;
            // A process leaves the list when its namespace's parent was reaped. With the deliberate fault nothing is really gone.
            if (clean && !shell.Settings.IgnoreDeadline) gone = [.. core.Units.Where(unit => unit.Gone && unit is not ProcessUnit)];
        }

        if (_expiredTold != incarnation)
        {
            _expiredTold = incarnation;
            Log.Write("expired", $"incarnation {incarnation} is over: {reason}");
            shell.Tell(new LeashEvent.Expired(incarnation, reason));
        }

        foreach (var unit in gone)
        {
            shell.Remove(unit);
            revokes.Remove(unit);
        }

        if (guard.Stuck && !_stuckTold)
        {
            string left;
            lock (shell.Gate) left = shell.Core.Describe();
            Log.Write("stuck", $"not clean {shell.Settings.KillTime.TotalMilliseconds:0} ms after the deadline, still there: {left}{(shell.Settings.ResetWhenStuck ? "; resetting the machine" : "")}");
        }

        _stuckTold = guard.Stuck;
        if (!clean || _cleanTold == incarnation) return;
        _cleanTold = incarnation;
        Log.Write("clean", $"nothing of incarnation {incarnation} is left; it took {took.TotalMilliseconds:0.0} ms");
        shell.Tell(new LeashEvent.Clean(incarnation, took));
    }
}
