using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Alerts;

/// <summary>One step in the making.</summary>
internal sealed class AlertDraft
{
    private const int LongestText = 300;

    private readonly AlertState _before;
    private readonly AlertSettings _settings;
    private readonly DateTimeOffset _now;
    private readonly ImmutableSortedDictionary<string, Alert>.Builder _alerts;
    private readonly Dictionary<string, AlertRule> _rules;
    private long _dropped;

    public AlertDraft(AlertState state, AlertSettings settings, DateTimeOffset now)
    {
        (_before, _settings, _now, _alerts) = (state, settings, now, state.Alerts.ToBuilder());
        _rules = settings.Rules.Where(rule => !rule.Disabled).GroupBy(rule => rule.Name).ToDictionary(group => group.Key, group => group.Last());
        Outbox = new AlertOutbox(state, settings, now);
    }

    public AlertOutbox Outbox { get; }

    /// <summary>All that a source sees now.</summary>
    public void Observe(string source, ImmutableArray<AlertSignal> signals)
    {
        var seen = new OrderedDictionary<string, (AlertRule Rule, AlertSignal Signal)>(StringComparer.Ordinal);
        foreach (var signal in signals)
        {
            foreach (var rule in RulesFor(signal)) seen.TryAdd(Alert.KeyOf(rule.Name, signal.Subject), (rule, signal));
        }

        // First what is over, which makes room for what is new.
        foreach (var alert in _alerts.Values.Where(alert => alert.Source == source && alert.Holds && !seen.ContainsKey(alert.Key)).ToList()) End(alert);
        foreach (var (rule, signal) in seen.Values) See(rule, Clipped(signal), source);
    }

    /// <summary>Something happened.</summary>
    public void Count(AlertSignal signal, DateTimeOffset at)
    {
        foreach (var rule in RulesFor(signal))
        {
            if (at <= _now - rule.Within) continue; // Told too late to matter.
            var present = _alerts.GetValueOrDefault(Alert.KeyOf(rule.Name, signal.Subject));
            if (present is not null && (present.Times.Contains(at) || (present.Times.Length == AlertTiming.TimesKept && at < present.Times[0]))) continue;
            var times = Add((present?.Times ?? []).RemoveAll(time => time <= _now - rule.Within), at);
            var next = present ?? New(rule, Clipped(signal), null, at);
            next = next with { Signal = Clipped(signal), Severity = rule.Severity, Times = times, Last = at > next.Last ? at : next.Last, Count = present is { Status: not AlertStatus.Pending } ? present.Count + 1 : times.Length };
            Put(next.Status is AlertStatus.Pending or AlertStatus.Closed && times.Length >= Math.Max(1, rule.Count) ? Opened(next) : next);
        }
    }

    /// <summary>Somebody knows.</summary>
    public void Acknowledge(string id, string by, string? comment)
    {
        var alert = _alerts.Values.FirstOrDefault(alert => alert.Id == id && alert.Status != AlertStatus.Pending)
            ?? throw new HoldfastException(ErrorKind.NotFound, "alert.not-found", $"There is no alert {id} that is open.", "See the list of open alerts.");
        if (alert.Status == AlertStatus.Closed) throw new HoldfastException(ErrorKind.Conflict, "alert.closed", $"Alert {id} is over since {alert.Closed?.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.", "There is nothing to do.");
        if (alert.Status == AlertStatus.Acknowledged && alert.AcknowledgedBy == by && alert.Comment == comment) return;
        Put(alert with { Status = AlertStatus.Acknowledged, AcknowledgedBy = by, Comment = Clipped(comment) });
    }

    /// <summary>What time alone changes: alerts open, close and are told.</summary>
    public void PassTime()
    {
        foreach (var alert in _alerts.Values.ToList())
        {
            if (!_rules.TryGetValue(alert.Rule, out var rule))
            {
                if (alert.Status == AlertStatus.Pending) _alerts.Remove(alert.Key);
                else if (alert.Status != AlertStatus.Closed) Close(alert);
                else Forget(alert);
                continue;
            }

            switch (alert.Status)
            {
                case AlertStatus.Pending when alert.Source is not null && _now - alert.Opened >= rule.For:
                    Put(Opened(alert));
                    break;
                case AlertStatus.Pending when alert.Source is null && _now - alert.Last >= rule.Within:
                    _alerts.Remove(alert.Key);
                    break;
                case AlertStatus.Open or AlertStatus.Acknowledged when alert.Source is null && _now - alert.Last >= rule.Within:
                case AlertStatus.Open or AlertStatus.Acknowledged when alert is { Holds: false, Ended: { } ended } && _now - ended >= AlertTiming.FlapQuiet:
                    Close(alert);
                    break;
                case AlertStatus.Closed:
                    Forget(alert);
                    break;
            }

            if (_alerts.TryGetValue(alert.Key, out var present)) Tell(present, rule);
        }
    }

    /// <summary>What came of it; the state it was given when nothing did.</summary>
    public AlertStep Done()
    {
        var alerts = _alerts.ToImmutable();
        var changed = alerts.Where(alert => alert.Value.Status != AlertStatus.Pending && !ReferenceEquals(_before.Alerts.GetValueOrDefault(alert.Key), alert.Value)).Select(alert => alert.Value).ToImmutableArray();
        if (ReferenceEquals(alerts, _before.Alerts) && !Outbox.IsChanged && _dropped == 0) return new(_before, []);
        return new(_before with { Alerts = alerts, Outbox = Outbox.Waiting, Failing = Outbox.Failing, Dropped = _before.Dropped + _dropped + Outbox.Dropped }, changed);
    }

    private IEnumerable<AlertRule> RulesFor(AlertSignal signal) =>
        _rules.Values.Where(rule => rule.Trigger == signal.Trigger && (rule.Subjects.IsEmpty || rule.Subjects.Any(pattern => Pattern.Matches(pattern, signal.Subject))) && AlertThreshold.Applies(rule, signal));

    private void See(AlertRule rule, AlertSignal signal, string source)
    {
        var present = _alerts.GetValueOrDefault(Alert.KeyOf(rule.Name, signal.Subject));
        switch (present?.Status)
        {
            case null:
                Put(New(rule, signal, source, _now));
                break;
            case AlertStatus.Closed:
                // Time passes after everything was seen, so what opens at once opens in this step all the same.
                Put(present with { Status = AlertStatus.Pending, Signal = signal, Source = source, Severity = rule.Severity, Holds = true, Ended = null, Last = _now, Opened = _now });
                break;
            case AlertStatus.Open or AlertStatus.Acknowledged when !present.Holds:
                Put(present with { Holds = true, Ended = null, Signal = signal, Last = _now, Count = present.Count + 1, Times = Add(present.Times, _now) });
                break;
            default:
                if (!Same(present.Signal, signal) && _now - present.Last >= AlertTiming.Refresh) Put(present with { Signal = signal, Last = _now, Severity = rule.Severity });
                break;
        }
    }

    private void End(Alert alert)
    {
        if (alert.Status == AlertStatus.Pending)
        {
            // One that was open before goes back to being closed; its times are what flapping is told from.
            if (alert.Closed is null) _alerts.Remove(alert.Key);
            else Put(alert with { Status = AlertStatus.Closed, Holds = false });
        }
        else if (alert.Status != AlertStatus.Closed)
        {
            var ended = alert with { Holds = false, Ended = _now };
            if (alert.Flapping) Put(ended);
            else Close(ended);
        }
    }

    private Alert New(AlertRule rule, AlertSignal signal, string? source, DateTimeOffset at) => new()
    {
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Alert.KeyOf(rule.Name, signal.Subject)}|{at.UtcTicks}")).AsSpan(0, 8)),
        Rule = rule.Name, Severity = rule.Severity, Signal = signal, Source = source, Status = AlertStatus.Pending, Opened = at, Last = at, Count = 0,
    };

    private Alert Opened(Alert alert)
    {
        var times = alert.Source is null ? alert.Times : Add(alert.Times.RemoveAll(time => time <= _now - AlertTiming.Memory), _now);
        var flaps = alert.Source is not null && times.Length >= AlertTiming.FlapCount;
        var next = alert with
        {
            Status = AlertStatus.Open, Holds = true, Ended = null, Closed = null, Count = alert.Source is null ? alert.Count : alert.Count + 1, Times = times, Last = alert.Source is null ? alert.Last : _now,
            Telling = null, Steps = 0, Told = [], AcknowledgedBy = null, Comment = null, Flapping = flaps,
        };
        return next;
    }

    private void Close(Alert alert)
    {
        var closed = alert with { Status = AlertStatus.Closed, Holds = false, Flapping = false, Closed = _now, Telling = null, Muted = null };
        foreach (var channel in alert.Told) Outbox.Add(closed, "closed", channel);
        Put(closed);
    }

    private void Forget(Alert alert)
    {
        if (_now - (alert.Closed ?? alert.Last) >= AlertTiming.Memory) _alerts.Remove(alert.Key);
    }

    /// <summary>Tells whom the escalation has reached, unless it is muted.</summary>
    private void Tell(Alert alert, AlertRule rule)
    {
        if (alert.Status is AlertStatus.Pending or AlertStatus.Closed) return;
        var muted = _settings.Mutes.FirstOrDefault(mute => mute.Until > _now && (Pattern.Matches(mute.Subject, alert.Signal.Subject) || alert.Signal.Related.Any(other => Pattern.Matches(mute.Subject, other))));
        var reason = muted is null ? null : muted.Reason ?? "muted";
        DateTimeOffset? telling = muted is not null ? null : alert.Telling ?? _now; // After a mute the escalation begins where it was, and its times anew.
        if (reason != alert.Muted || telling != alert.Telling) alert = Put(alert with { Muted = reason, Telling = telling });
        if (telling is null || alert.Status != AlertStatus.Open) return;

        while (alert.Steps < rule.Escalation.Length && _now - telling >= rule.Escalation[alert.Steps].After)
        {
            var channels = alert.Steps == 0 && !alert.Signal.Channels.IsEmpty ? alert.Signal.Channels : rule.Escalation[alert.Steps].Channels;
            var kind = alert.Steps > 0 ? "escalated" : alert.Flapping ? "flapping" : "opened";
            List<string> told = [.. channels.Distinct().Where(channel => alert.Signal.Subject != AlertOutbox.SubjectOf(channel) && _settings.Channels.Contains(channel))];
            foreach (var channel in told) Outbox.Add(alert, kind, channel);
            alert = Put(alert with { Steps = alert.Steps + 1, Told = [.. alert.Told.Union(told)] });
        }
    }

    private Alert Put(Alert alert)
    {
        if (!_alerts.ContainsKey(alert.Key) && _alerts.Count >= AlertState.MostAlerts)
        {
            // What is over makes room for what is not.
            if (_alerts.Values.Where(other => other.Status == AlertStatus.Closed).MinBy(other => other.Closed) is { } oldest)
            {
                _alerts.Remove(oldest.Key);
            }
            else
            {
                _dropped++;
                return alert;
            }
        }

        return _alerts[alert.Key] = alert;
    }

    private static ImmutableArray<DateTimeOffset> Add(ImmutableArray<DateTimeOffset> times, DateTimeOffset time)
    {
        var at = times.Length;
        while (at > 0 && times[at - 1] > time) at--;
        var all = times.Insert(at, time);
        return all.Length > AlertTiming.TimesKept ? all.RemoveAt(0) : all;
    }

    private static bool Same(AlertSignal one, AlertSignal other) =>
        one.Sentence == other.Sentence && one.Because == other.Because && one.Hint == other.Hint && one.Related.AsSpan().SequenceEqual(other.Related.AsSpan()) && one.Channels.AsSpan().SequenceEqual(other.Channels.AsSpan());

    private static AlertSignal Clipped(AlertSignal signal) => signal with { Sentence = Clipped(signal.Sentence)!, Because = Clipped(signal.Because)!, Hint = Clipped(signal.Hint)! };

    private static string? Clipped(string? text) => text is { Length: > LongestText } ? string.Concat(text.AsSpan(0, LongestText), "…") : text;
}
