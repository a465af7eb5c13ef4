using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>The messages of one step: those that wait, those that come in addition.</summary>
internal sealed class AlertOutbox(AlertState state, AlertSettings settings, DateTimeOffset now)
{
    private readonly ImmutableArray<AlertDelivery>.Builder _waiting = state.Outbox.ToBuilder();

    public ImmutableSortedDictionary<string, string> Failing { get; private set; } = state.Failing;

    public ImmutableArray<AlertDelivery> Waiting => _waiting.ToImmutable();

    public bool IsChanged { get; private set; }

    public long Dropped { get; private set; }

    public static string SubjectOf(string channel) => $"channel:{channel}";

    /// <summary>Adds a message about an alert. Its id is made of what it is about, so that whoever decides it again decides the same message.</summary>
    public void Add(Alert alert, string kind, string channel)
    {
        var signal = alert.Signal;
        Add(new AlertDelivery
        {
            Id = $"{alert.Id}-{alert.Count}-{kind}{(kind == "escalated" ? alert.Steps : "")}-{channel}", Channel = channel, Created = now, NextTry = now,
            Message = new(kind, alert.Id, alert.Rule, alert.Severity, signal.Subject, signal.Sentence, signal.Because, kind == "closed" ? "It is over; there is nothing to do." : signal.Hint, alert.Opened, alert.Count),
        });
    }

    public void AddTest(string channel, string by, string id) => Add(new AlertDelivery
    {
        Id = $"test-{id}-{channel}", Channel = channel, Created = now, NextTry = now,
        Message = new("test", "", "test", AlertSeverity.Info, SubjectOf(channel), $"This is a test of channel {channel}.", $"{by} asked for it.", "There is nothing to do.", now, 1),
    });

    public void Arrived(string id)
    {
        if (Take(id) is { } delivery) SetFailing(delivery.Channel, null);
    }

    public void Failed(string id, string reason, bool permanent)
    {
        if (Take(id) is not { } delivery) return;
        var tries = delivery.Tries + 1;
        var isLast = permanent || delivery.Message.Kind == "test" || now - delivery.Created >= AlertTiming.GiveUp; // Who tests looks at the answer, and may test again.
        if (isLast || tries >= AlertTiming.FailingAfter) SetFailing(delivery.Channel, reason.Length > 300 ? reason[..300] : reason);
        if (isLast) Dropped++;
        else _waiting.Add(delivery with { Tries = tries, NextTry = now + AlertTiming.BackOff(tries) });
    }

    /// <summary>Leaves out what is for channels that are no more.</summary>
    public void DropStrangers()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (settings.Channels.Contains(_waiting[i].Channel)) continue;
            _waiting.RemoveAt(i);
            IsChanged = true;
            Dropped++;
        }

        foreach (var gone in Failing.Keys.Where(channel => !settings.Channels.Contains(channel))) SetFailing(gone, null);
    }

    /// <summary>What the engine sees of its channels.</summary>
    public ImmutableArray<AlertSignal> Signals() =>
    [
        .. Failing.Select(channel => new AlertSignal
        {
            Trigger = AlertTrigger.ChannelFailing, Subject = SubjectOf(channel.Key), Sentence = $"Messages of channel {channel.Key} are not delivered.", Because = $"{channel.Value}.",
            Hint = "Look at the channel's settings and at what it talks to, then send a test.",
        }),
    ];

    private void Add(AlertDelivery delivery)
    {
        if (_waiting.Any(waiting => waiting.Id == delivery.Id)) return;
        if (_waiting.Count >= AlertState.MostDeliveries)
        {
            _waiting.RemoveAt(0); // The oldest news is the least.
            Dropped++;
        }

        _waiting.Add(delivery);
        IsChanged = true;
    }

    private AlertDelivery? Take(string id)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Id != id) continue;
            var found = _waiting[i];
            _waiting.RemoveAt(i);
            IsChanged = true;
            return found;
        }

        return null;
    }

    private void SetFailing(string channel, string? reason)
    {
        if (Failing.GetValueOrDefault(channel) == reason) return;
        Failing = reason is null ? Failing.Remove(channel) : Failing.SetItem(channel, reason);
        IsChanged = true;
    }
}
