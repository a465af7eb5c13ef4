using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Core;

/// <summary>
/// Every decision of the leash, and nothing else: no clock, no kernel, no thread. Time comes in with each question; the
/// caller serialises the calls. Invariants:
/// <list type="bullet">
/// <item>Expiry is a latch. Once set for an incarnation nothing unsets it but a new incarnation.</item>
/// <item>An effect is listed before it is made and stays listed until it is verified gone.</item>
/// <item>A new incarnation exists only when nothing of an older one is listed (leases rule 7).</item>
/// <item>A closed epoch stays closed (leases rule 11).</item>
/// </list>
/// </summary>
internal sealed class LeashCore
{
    /// <summary>The most effects that a node holds at once; the guard copies the list into a buffer of this size.</summary>
    public const int Capacity = 4096;

    /// <summary>CLOCK_BOOTTIME goes on in suspend and CLOCK_MONOTONIC_RAW does not. No slew makes such a difference between two looks at an armed lease.</summary>
    private const long SuspendJumpNanoseconds = 100_000_000;

    private readonly List<UnitEntry> _units = new(Capacity);
    private readonly Dictionary<string, RoleEpoch> _closed;
    private long _lastMinted;
    private LeashInstant _expiredFrom;
    private LeashInstant _lastSeen;

    public LeashCore(long lastMinted, IReadOnlyDictionary<string, RoleEpoch> closedEpochs)
    {
        _lastMinted = lastMinted;
        _closed = new(closedEpochs, StringComparer.Ordinal);
    }

    /// <summary>Gets the incarnation minted by this leash; 0 before the first.</summary>
    public long Incarnation { get; private set; }

    /// <summary>Gets whether a deadline was ever set for this incarnation. Nothing starts before.</summary>
    public bool Armed { get; private set; }

    public LeashInstant Deadline { get; private set; }

    public bool Expired { get; private set; }

    public string ExpiryReason { get; private set; } = "";

    /// <summary>Gets whether nothing of any ended incarnation is left.</summary>
    public bool Clean { get; private set; } = true;

    /// <summary>Gets whether the leash is shutting down; then not even infrastructure starts.</summary>
    public bool Closing { get; private set; }

    public TimeSpan LastSweep { get; private set; }

    public TimeSpan WorstSweep { get; private set; }

    public IReadOnlyList<UnitEntry> Units => _units;

    public IReadOnlyDictionary<string, RoleEpoch> ClosedEpochs => _closed;

    /// <summary>Latches the expiry when either clock has reached the deadline (leases rule 3), or when the machine was suspended (rule 16). Returns whether it did so now.</summary>
    public bool Tick(LeashInstant now)
    {
        var slept = _lastSeen != default && now.BootNanoseconds - _lastSeen.BootNanoseconds - (now.RawNanoseconds - _lastSeen.RawNanoseconds) > SuspendJumpNanoseconds;
        _lastSeen = now;
        if (!Armed || Expired) return false;
        if (HasReached(now, Deadline)) Latch(Deadline, "the lease ran out");
        else if (slept) Latch(now, "the machine was suspended");
        return Expired;
    }

    /// <summary>Latches at once, whatever the deadline: shutdown.</summary>
    public void ExpireNow(string reason, LeashInstant now)
    {
        if (Incarnation == 0 || Expired || Tick(now)) return;
        Latch(now, reason);
    }

    /// <summary>Stops everything from starting, for good.</summary>
    public void Close() => Closing = true;

    /// <summary>Which incarnation may be minted now. Nothing changes before <see cref="Mint"/>: it must be on disk first.</summary>
    public Refusal? PrepareMint(long floor, LeashInstant now, out long next)
    {
        Tick(now);
        next = Math.Max(_lastMinted, floor) + 1;
        if (Closing) return new(Refusal.Expired, "The leash is shutting down.");
        if (Incarnation != 0 && !Expired) return new(Refusal.NotClean, $"Incarnation {Incarnation} has not ended; expire it first.");
        if (!Clean || HasRoleUnits()) return new(Refusal.NotClean, $"Something of incarnation {Incarnation} is left: {Describe()}.");
        return null;
    }

    /// <summary>Begins the incarnation, unarmed: nothing starts until a deadline is set.</summary>
    public void Mint(long next)
    {
        if (next <= _lastMinted) throw new InvalidOperationException($"Incarnation {next} is not above {_lastMinted}.");
        _lastMinted = Incarnation = next;
        (Armed, Expired, Clean, Deadline, ExpiryReason) = (false, false, true, default, "");
    }

    /// <summary>Extends the deadline; never shortens it.</summary>
    public Refusal? Arm(long incarnation, LeashInstant deadline, LeashInstant now)
    {
        if (RefuseIncarnation(incarnation, now) is { } refusal) return refusal;
        if (HasReached(now, deadline)) return new(Refusal.Expired, "The deadline asked for is already past.");
        if (!Armed) _lastSeen = now; // Before, nobody may have looked for long, and slew adds up.
        Deadline = Armed
            ? new(Math.Max(Deadline.BootNanoseconds, deadline.BootNanoseconds), Math.Max(Deadline.RawNanoseconds, deadline.RawNanoseconds))
            : deadline;
        Armed = true;
        return null;
    }

    /// <summary>Lowers the deadline (leases rule 4). A deadline already past then expires the incarnation.</summary>
    public Refusal? Cap(long incarnation, LeashInstant deadline, LeashInstant now)
    {
        if (RefuseIncarnation(incarnation, now) is { } refusal) return refusal;
        if (!Armed) return null;
        Deadline = new(Math.Min(Deadline.BootNanoseconds, deadline.BootNanoseconds), Math.Min(Deadline.RawNanoseconds, deadline.RawNanoseconds));
        Tick(now);
        return null;
    }

    /// <summary>Ends the incarnation as if the deadline had passed; that it has ended already is no error.</summary>
    public Refusal? Expire(long incarnation, string reason, LeashInstant now)
    {
        if (incarnation != Incarnation || incarnation == 0) return WrongIncarnation(incarnation);
        ExpireNow(reason, now);
        return null;
    }

    /// <summary>Whether an effect may be made on this warrant now (leases rule 12).</summary>
    public Refusal? Check(Warrant warrant, LeashInstant now)
    {
        if (Closing) return new(Refusal.Expired, "The leash is shutting down.");
        if (warrant.Role is null) return null;
        if (RefuseIncarnation(warrant.Incarnation, now) is { } refusal) return refusal;
        if (!Armed) return new(Refusal.Expired, $"Incarnation {Incarnation} has no deadline yet; nothing starts before it is armed.");
        return _closed.TryGetValue(warrant.Role, out var closed) && warrant.Epoch.CompareTo(closed) <= 0
            ? new(Refusal.EpochClosed, $"Epoch {warrant.Epoch} of role {warrant.Role} is closed here (up to {closed}); coming back needs a new placement.")
            : null;
    }

    /// <summary>Accepts an effect and lists it, before it is made.</summary>
    public Refusal? Begin(UnitEntry entry, LeashInstant now)
    {
        if (RefuseName(entry) is { } misnamed) return misnamed;
        if (Check(entry.Warrant, now) is { } refusal) return refusal;
        if (Find(entry.Unit, entry.Kind) is { } held) return Refusal.Failure($"{entry.Unit} is held already (epoch {held.Warrant.Epoch}, {held.Phase}); stop it first.");
        if (_units.Count >= Capacity) return Refusal.Failure($"The leash holds {Capacity} units; that is its limit.");
        entry.Phase = UnitPhase.Pending;
        _units.Add(entry);
        return null;
    }

    /// <summary>
    /// The last question before a listed effect takes hold. A refusal means that it must be undone; it stays listed until then,
    /// so that a sweep that began meanwhile waits for it.
    /// </summary>
    public Refusal? Confirm(UnitEntry entry, LeashInstant now)
    {
        var refusal = Check(entry.Warrant, now);
        if (entry.Phase == UnitPhase.Pending) entry.Phase = UnitPhase.Held;
        else refusal ??= Refusal.Failure($"{entry.Unit} was stopped while it started.");
        return refusal;
    }

    /// <summary>Takes an effect off the list. It must be verified gone.</summary>
    public void Remove(UnitEntry entry) => _units.Remove(entry);

    public UnitEntry? Find(string unit, UnitKind kind)
    {
        foreach (var entry in _units)
        {
            if (entry.Kind == kind && !entry.Gone && string.Equals(entry.Unit, unit, StringComparison.Ordinal)) return entry;
        }

        return null;
    }

    /// <summary>Ends the sweep when nothing of the incarnation is left. Returns whether it did so now.</summary>
    public bool TrySettle(LeashInstant now)
    {
        if (!Expired || Clean || HasRoleUnits()) return false;
        Clean = true;
        LastSweep = Since(_expiredFrom, now);
        if (LastSweep > WorstSweep) WorstSweep = LastSweep;
        return true;
    }

    /// <summary>How long the sweep has been going on.</summary>
    public TimeSpan SweepingFor(LeashInstant now) => Expired && !Clean ? Since(_expiredFrom, now) : TimeSpan.Zero;

    /// <summary>Closes an epoch of a role for good (leases rule 11). Nothing changes when it is refused.</summary>
    public Refusal? CloseEpoch(string role, RoleEpoch epoch)
    {
        foreach (var entry in _units)
        {
            if (!entry.Gone && entry.Warrant.Role == role) return new(Refusal.NotClean, $"{entry.Unit} ({entry.Kind}) of role {role} is left here; stop it first.");
        }

        if (!_closed.TryGetValue(role, out var closed) || epoch.CompareTo(closed) > 0) _closed[role] = epoch;
        return null;
    }

    /// <summary>Names what the sweep still waits for.</summary>
    public string Describe() => string.Join(", ", _units.Where(entry => !entry.IsInfrastructure && !entry.Gone).Select(entry => $"{entry.Unit} ({entry.Kind})"));

    private static bool HasReached(LeashInstant now, LeashInstant deadline) =>
        now.BootNanoseconds >= deadline.BootNanoseconds || now.RawNanoseconds >= deadline.RawNanoseconds;

    private static TimeSpan Since(LeashInstant from, LeashInstant now) =>
        TimeSpan.FromTicks(Math.Max(now.BootNanoseconds - from.BootNanoseconds, now.RawNanoseconds - from.RawNanoseconds) / 100);

    private static Refusal? RefuseName(UnitEntry entry)
    {
        if (entry.Warrant.Role is { } role)
        {
            return entry.Unit.Length > role.Length + 1 && entry.Unit.StartsWith(role, StringComparison.Ordinal) && entry.Unit[role.Length] == '/'
                ? null : Refusal.Failure($"Unit {entry.Unit} does not belong to role {role}; it must be called {role}/<resource>.");
        }

        if (!entry.Unit.StartsWith('@')) return Refusal.Failure($"Unit {entry.Unit} has no role; infrastructure is called @<name>.");
        return entry.Kind == UnitKind.Process ? null : Refusal.Failure($"{entry.Unit}: addresses and file systems belong to roles, not to infrastructure.");
    }

    private void Latch(LeashInstant from, string reason) => (Expired, Clean, _expiredFrom, ExpiryReason) = (true, false, from, reason);

    private Refusal? RefuseIncarnation(long incarnation, LeashInstant now)
    {
        if (incarnation != Incarnation || incarnation == 0) return WrongIncarnation(incarnation);
        Tick(now);
        return Expired ? new(Refusal.Expired, $"Incarnation {Incarnation} is over: {ExpiryReason}.") : null;
    }

    private Refusal WrongIncarnation(long incarnation) => new(Refusal.Incarnation, Incarnation == 0
        ? $"Incarnation {incarnation} is not this leash's: it has minted none since it started."
        : $"Incarnation {incarnation} is not the present one ({Incarnation}).");

    private bool HasRoleUnits()
    {
        foreach (var entry in _units)
        {
            if (!entry.IsInfrastructure && !entry.Gone) return true;
        }

        return false;
    }
}
