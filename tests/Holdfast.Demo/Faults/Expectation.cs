using Holdfast.Lab.Observation;

namespace Holdfast.Demo.Faults;

/// <summary>
/// What must be true after a fault, beside what always must: no acknowledged write lost, no moment with two owners, and that
/// services and redundancy come back by themselves.
/// </summary>
/// <param name="Text">What is expected, for the reader of the results.</param>
/// <param name="Judge">Says what was otherwise, in one sentence; null when it was so.</param>
internal sealed record Expectation(string Text, Func<Observed, string?> Judge)
{
    /// <summary>Nothing beside what always must be true.</summary>
    public static Expectation ComesBack { get; } = new("comes back by itself", _ => null);

    /// <summary>No role was stopped or moved: what its owner held of it when the fault struck it held all the time.</summary>
    public static Expectation NothingHappens { get; } = new("nothing happens: no role stops or moves", seen =>
        seen.Facts.FirstOrDefault(fact => fact.Kind != OwnershipKind.Process && (fact.From > seen.Struck || fact.To is not null)) is { } changed
            ? $"{changed.Host} {(changed.From > seen.Struck ? "took" : "gave up")} {changed.Name} of {changed.Role}" : null);

    /// <summary>Every role stops before anybody could have been allowed to take it, and stays so until the fault is lifted.</summary>
    public static Expectation StopsInTime { get; } = new("roles stop before lease and margin are over, and come back by themselves", seen =>
        seen.LastStop is not { } stop ? "the roles did not stop"
        : stop > seen.LeaseAndMargin ? $"the roles stopped after {stop.TotalMilliseconds:0} ms, later than lease and margin ({seen.LeaseAndMargin.TotalMilliseconds:0} ms)" : null);

    /// <summary>Something was told by the nodes, beside what always must be true.</summary>
    public static Expectation Tells(string text, string code) => new(text, seen => seen.Codes.Contains(code) ? null : $"no node told of {code}");
}
