using System.Collections.Immutable;
using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

/// <summary>The engine with a clock that is set by hand.</summary>
internal sealed class AlertWorld
{
    public const string Source = "test";

    public DateTimeOffset Now { get; private set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public AlertState State { get; set; } = AlertState.Empty;

    public AlertSettings Settings { get; set; } = new([Rule("job-failed", AlertTrigger.JobFailed)], ["admins", "boss"], []);

    /// <summary>Gets everything that was ever put into the outbox, in order.</summary>
    public List<AlertDelivery> Sent { get; } = [];

    /// <summary>Gets what was told, as <c>opened→admins</c>.</summary>
    public IEnumerable<string> Told => Sent.Select(delivery => $"{delivery.Message.Kind}→{delivery.Channel}");

    public Alert Only => Assert.Single(State.Alerts.Values);

    public static AlertRule Rule(string name, AlertTrigger trigger, params (int Minutes, string Channel)[] steps) => new()
    {
        Name = name, Trigger = trigger, Escalation = [.. (steps.Length == 0 ? [(0, "admins")] : steps).Select(step => new EscalationStep(TimeSpan.FromMinutes(step.Minutes), [step.Channel]))],
    };

    public static AlertSignal Failed(string job = "nightly", string because = "no room") => new()
    {
        Trigger = AlertTrigger.JobFailed, Subject = $"job:{job}", Related = [$"role:{job}"], Sentence = $"Job {job} failed.", Because = because, Hint = "Make room.",
    };

    public ImmutableArray<Alert> See(params AlertSignal[] signals) => Tell(new AlertInput.Observed(Source, [.. signals]));

    public ImmutableArray<Alert> Tell(AlertInput input)
    {
        var step = AlertEngine.Step(State, input, Settings, Now);
        Sent.AddRange(step.State.Outbox.Where(delivery => State.Outbox.All(known => known.Id != delivery.Id)));
        State = step.State;
        return step.Changed;
    }

    public void Pass(double minutes) => Pass(TimeSpan.FromMinutes(minutes));

    public void Pass(TimeSpan time)
    {
        Now += time;
        Tell(new AlertInput.Tick());
    }

    /// <summary>Everything that waits arrives.</summary>
    public void Deliver()
    {
        foreach (var delivery in AlertEngine.Due(State, Now).ToList()) Tell(new AlertInput.Delivered(delivery.Id));
    }
}
