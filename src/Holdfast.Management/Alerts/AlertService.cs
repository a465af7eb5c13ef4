using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Alerts;

/// <summary>
/// Drives the engine: takes what it is told in order, saves, and only then sends. What was sent is told to the engine like everything else, so a message whose answer was lost is sent again, and
/// what an owner did not send the next one does.
/// </summary>
/// <param name="store">Where the state is kept.</param>
/// <param name="sender">What sends messages.</param>
/// <param name="settings">The rules, channels and mutes that hold at the time; asked for with each step.</param>
public sealed partial class AlertService(IAlertStore store, IAlertSender sender, Func<AlertSettings> settings, TimeProvider time, ILogger<AlertService> logger)
{
    private const int MostOfAChannel = 2; // A server that does not answer must not keep the others' messages waiting.
    private const int MostInOneSave = 256;
    private static readonly TimeSpan TickPause = TimeSpan.FromSeconds(1);

    private readonly Channel<Told> _inputs = Channel.CreateBounded<Told>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly ConcurrentDictionary<string, (string Channel, Task Work)> _sending = new();
    private volatile AlertState _saved = AlertState.Empty;

    /// <summary>Gets the state as it was saved last.</summary>
    public AlertState State => _saved;

    /// <summary>Tells the engine something, and waits until what came of it is saved.</summary>
    /// <returns>The step's alerts that changed.</returns>
    /// <exception cref="HoldfastException">What the engine refuses: <c>alert.not-found</c>, <c>alert.closed</c>; <c>alert.not-owner</c> when this copy of the service has ended.</exception>
    public async Task<ImmutableArray<Alert>> TellAsync(AlertInput input, CancellationToken cancellationToken)
    {
        var told = new Told(input, new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _inputs.Writer.WriteAsync(told, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw NotOwner();
        }

        return await told.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Works until it is cancelled, or until the store says that somebody else is the owner.</summary>
    /// <exception cref="HoldfastException">Kind Conflict: somebody else is.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ticking = TickAsync(stopping.Token);
        try
        {
            _saved = await RetryAsync(store.LoadAsync, stopping.Token);
            while (await _inputs.Reader.WaitToReadAsync(stopping.Token))
            {
                await StepAsync(stopping.Token);
                SendDue(stopping.Token);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever is the owner next loads what was saved, and sends what was not told to have arrived.
        }
        finally
        {
            _inputs.Writer.TryComplete();
            await stopping.CancelAsync();
            await Task.WhenAll([ticking, .. _sending.Values.Select(sending => sending.Work)]);
            while (_inputs.Reader.TryRead(out var left)) left.Answer.TrySetException(NotOwner());
        }
    }

    /// <summary>Takes everything that waits, in order, and saves once.</summary>
    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var (state, judged, now) = (_saved, settings(), time.GetUtcNow());
        var changed = new Dictionary<string, Alert>(StringComparer.Ordinal);
        var answers = new List<Action>();
        Exception? failure = NotOwner();
        try
        {
            for (var count = 0; count < MostInOneSave && _inputs.Reader.TryRead(out var told); count++)
            {
                try
                {
                    var step = AlertEngine.Step(state, told.Input, judged, now);
                    state = step.State;
                    foreach (var alert in step.Changed) changed[alert.Id] = alert;
                    answers.Add(() => _ = failure is null ? told.Answer.TrySetResult(step.Changed) : told.Answer.TrySetException(failure));
                }
                catch (HoldfastException refused)
                {
                    told.Answer.TrySetException(refused);
                }
            }

            if (!ReferenceEquals(state, _saved))
            {
                await RetryAsync(async token =>
                {
                    await store.SaveAsync(state, [.. changed.Values], token);
                    return true;
                }, cancellationToken);
                _saved = state;
            }

            failure = null;
        }
        finally
        {
            foreach (var answer in answers) answer();
        }
    }

    private void SendDue(CancellationToken cancellationToken)
    {
        foreach (var delivery in AlertEngine.Due(_saved, time.GetUtcNow()))
        {
            if (_sending.ContainsKey(delivery.Id) || _sending.Values.Count(other => other.Channel == delivery.Channel) >= MostOfAChannel) continue;
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _sending[delivery.Id] = (delivery.Channel, SendAsync(delivery, gate.Task, cancellationToken));
            gate.SetResult(); // Not before it is listed, or it could be over and take itself out first.
        }
    }

    private async Task SendAsync(AlertDelivery delivery, Task listed, CancellationToken cancellationToken)
    {
        await listed;
        try
        {
            AlertInput outcome;
            try
            {
                await sender.SendAsync(delivery, cancellationToken);
                outcome = new AlertInput.Delivered(delivery.Id);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return; // Nobody knows whether it arrived: it stays in the outbox.
            }
            catch (Exception exception)
            {
                // Whatever a sender throws is its message's trouble, and no reason for alerts to end.
                var (reason, permanent) = exception is AlertDeliveryException told ? (told.Reason, told.Permanent) : ($"{exception.GetType().Name}: {exception.Message.TrimEnd('.')}", false);
                Log.NotDelivered(logger, delivery.Id, delivery.Channel, reason);
                outcome = new AlertInput.NotDelivered(delivery.Id, reason, permanent);
            }

            // Until the outcome is saved it counts as being sent, or it would be sent twice for nothing.
            await TellAsync(outcome, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HoldfastException)
        {
            // Ending: the outcome is not recorded, and the next owner sends it again.
        }
        finally
        {
            _sending.TryRemove(delivery.Id, out _);
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickPause, time);
        try
        {
            do
            {
                // A queue that is full is going to be worked on, and needs no tick.
                _inputs.Writer.TryWrite(new Told(new AlertInput.Tick(), new()));
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await act(cancellationToken);
            }
            catch (HoldfastException unavailable) when (unavailable.Kind == ErrorKind.Unavailable)
            {
                Log.StoreUnavailable(logger, unavailable.Message);
                await Task.Delay(TickPause, time, cancellationToken);
            }
        }
    }

    private static HoldfastException NotOwner() =>
        new(ErrorKind.Unavailable, "alert.not-owner", "The alerts are not kept by this copy of the management service any more.", "Ask again: the present owner answers.");

    private sealed record Told(AlertInput Input, TaskCompletionSource<ImmutableArray<Alert>> Answer);

    private static partial class Log // Event ids 5200-5299: alerts.
    {
        [LoggerMessage(5200, LogLevel.Warning, "Message {Id} was not delivered on channel {Channel}: {Reason}")]
        public static partial void NotDelivered(ILogger logger, string id, string channel, string reason);

        [LoggerMessage(5201, LogLevel.Warning, "The state of the alerts cannot be read or written now: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string reason);
    }
}
