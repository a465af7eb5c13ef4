using System.Collections.Immutable;
using Holdfast.Management.Compliance;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>What the compliance report has to say: source <see cref="Source"/>.</summary>
public static class ComplianceSignals
{
    /// <summary>The name of the source.</summary>
    public const string Source = "compliance";

    /// <summary>What policies ask for and is not so.</summary>
    /// <param name="things">The report. One whose state is unknown is said again as it was last (<paramref name="open"/>): nobody knows that it is over.</param>
    /// <param name="unjudged">The policies whose things could not all be found: nobody knows whether what is not in the report is over.</param>
    /// <param name="open">The alerts that are open now.</param>
    /// <param name="channelsOf">The channels that a policy names.</param>
    /// <param name="now">The wall clock.</param>
    public static ImmutableArray<AlertSignal> Of(IReadOnlyCollection<ThingCompliance> things, IReadOnlySet<string> unjudged, IEnumerable<Alert> open, Func<string, ImmutableArray<string>> channelsOf, DateTimeOffset now)
    {
        var before = open.Where(alert => alert.Source == Source && alert.Holds).ToLookup(alert => (alert.Signal.Trigger, alert.Signal.Subject), alert => alert.Signal);
        var signals = ImmutableArray.CreateBuilder<AlertSignal>();
        foreach (var thing in things)
        {
            Say(AlertTrigger.RpoBroken, thing.State, () => Signal(thing, AlertTrigger.RpoBroken, $"The RPO of {thing.Name} is broken.", thing.Sentence, thing.Hint ?? "Back it up now.", thing.AgeSeconds));
            Say(AlertTrigger.RtoBroken, thing.RtoState, () => Signal(thing, AlertTrigger.RtoBroken, $"The RTO of {thing.Name} would not be met.", thing.Sentence, "Restore from a faster vault, protect it in smaller parts, or ask for less.", thing.RtoSeconds));
            Say(AlertTrigger.VerificationOld, thing.ProofState, () => Proof(thing, isOverdue: true));
            // Rules with a threshold of their own judge by the number, whatever the policy allows.
            if (thing.ProofState != ComplianceState.Broken && thing.LastProof is not null) signals.Add(Proof(thing, isOverdue: false));

            void Say(AlertTrigger trigger, ComplianceState state, Func<AlertSignal> say)
            {
                if (state == ComplianceState.Broken) signals.Add(say());
                else if (state == ComplianceState.Unknown && before[(trigger, SubjectOf(thing))].FirstOrDefault() is { } last) signals.Add(last);
            }
        }

        var said = things.Select(SubjectOf).ToHashSet(StringComparer.Ordinal);
        signals.AddRange(before.SelectMany(same => same).Where(signal => !said.Contains(signal.Subject) && unjudged.Any(policy => signal.Related.Contains($"policy:{policy}"))));
        return signals.ToImmutable();

        AlertSignal Proof(ThingCompliance thing, bool isOverdue) => Signal(thing, AlertTrigger.VerificationOld,
            thing.LastProof is { } last ? $"The last proof that {thing.Name} can be restored is {Words.Span(now - last)} old." : $"Nothing ever proved that {thing.Name} can be restored.", thing.Sentence,
            "Look at its proof job ('holdfast job list'), then run it.", thing.LastProof is { } at ? (now - at).TotalSeconds : null) with { IsOverdue = isOverdue };

        AlertSignal Signal(ThingCompliance thing, AlertTrigger trigger, string sentence, string because, string hint, double? value) => new()
        {
            Trigger = trigger, Subject = SubjectOf(thing), Related = [$"policy:{thing.Policy}"], Sentence = sentence, Because = because, Hint = hint, Value = value, Channels = channelsOf(thing.Policy),
        };
    }

    private static string SubjectOf(ThingCompliance thing) => $"thing:{thing.Key}/{thing.Policy}";
}
