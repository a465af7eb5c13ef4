using System.Collections.Concurrent;
using System.Collections.Immutable;
using Holdfast.Management.Alerts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Alerts;

public sealed class AlertServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly AlertSettings Settings = new([AlertWorld.Rule("job-failed", AlertTrigger.JobFailed)], ["admins"], []);

    private readonly Memory _memory = new();

    [Fact]
    public async Task Nothing_is_sent_that_was_not_saved_before()
    {
        var unsaved = new ConcurrentBag<string>();
        var sent = new TaskCompletionSource();
        var service = Service(_memory, new Sender((delivery, _) =>
        {
            if (_memory.State.Outbox.All(saved => saved.Id != delivery.Id)) unsaved.Add(delivery.Id);
            sent.TrySetResult();
            return Task.CompletedTask;
        }));
        using var stop = new CancellationTokenSource();
        _memory.Unavailable = 2; // And while it cannot be saved, it waits.
        var running = service.RunAsync(stop.Token);

        await service.TellAsync(new AlertInput.Observed("test", [AlertWorld.Failed()]), stop.Token).WaitAsync(Patience);
        await sent.Task.WaitAsync(Patience);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);

        Assert.Empty(unsaved);
        Assert.Contains(_memory.History, alert => alert.Status == AlertStatus.Open);
    }

    [Fact]
    public async Task A_new_owner_sends_what_the_old_one_did_not_under_the_same_id()
    {
        using var first = new CancellationTokenSource();
        var begun = new TaskCompletionSource<string>();
        var old = Service(_memory, new Sender(async (delivery, cancellationToken) =>
        {
            begun.TrySetResult(delivery.Id);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken); // It was sent, perhaps; its node is lost before anybody knows.
        }));
        var running = old.RunAsync(first.Token);
        await old.TellAsync(new AlertInput.Observed("test", [AlertWorld.Failed()]), first.Token).WaitAsync(Patience);
        var id = await begun.Task.WaitAsync(Patience);
        await first.CancelAsync();
        await running.WaitAsync(Patience);

        using var second = new CancellationTokenSource();
        var arrived = new TaskCompletionSource<string>();
        var present = Service(_memory, new Sender((delivery, _) =>
        {
            arrived.TrySetResult(delivery.Id);
            return Task.CompletedTask;
        }));
        var again = present.RunAsync(second.Token);

        Assert.Equal(id, await arrived.Task.WaitAsync(Patience));
        await second.CancelAsync();
        await again.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_copy_that_is_not_the_owner_any_more_ends_and_sends_nothing()
    {
        var sent = 0;
        var service = Service(_memory, new Sender((_, _) =>
        {
            Interlocked.Increment(ref sent);
            return Task.CompletedTask;
        }));
        _memory.IsTaken = true;
        var running = service.RunAsync(CancellationToken.None);

        var told = await Assert.ThrowsAsync<HoldfastException>(() => service.TellAsync(new AlertInput.Observed("test", [AlertWorld.Failed()]), CancellationToken.None).WaitAsync(Patience));
        var ended = await Assert.ThrowsAsync<HoldfastException>(() => running.WaitAsync(Patience));

        Assert.Equal(("alert.not-owner", "management.not-owner", 0), (told.Code, ended.Code, sent));
    }

    [Fact]
    public async Task What_the_engine_refuses_is_told_to_who_asked_and_nothing_else_suffers()
    {
        using var stop = new CancellationTokenSource();
        var service = Service(_memory, new Sender((_, _) => Task.CompletedTask));
        var running = service.RunAsync(stop.Token);

        var refusal = await Assert.ThrowsAsync<HoldfastException>(() => service.TellAsync(new AlertInput.Acknowledged("x", "ann", null), stop.Token).WaitAsync(Patience));
        var changed = await service.TellAsync(new AlertInput.Observed("test", [AlertWorld.Failed()]), stop.Token).WaitAsync(Patience);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);

        Assert.Equal("alert.not-found", refusal.Code);
        Assert.Single(changed);
    }

    private static AlertService Service(IAlertStore store, IAlertSender sender) => new(store, sender, () => Settings, TimeProvider.System, NullLogger<AlertService>.Instance);

    private sealed class Memory : IAlertStore
    {
        public AlertState State { get; private set; } = AlertState.Empty;

        public List<Alert> History { get; } = [];

        public int Unavailable { get; set; }

        public bool IsTaken { get; set; }

        public Task<AlertState> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(State);

        public Task SaveAsync(AlertState state, ImmutableArray<Alert> changed, CancellationToken cancellationToken)
        {
            if (IsTaken) throw new HoldfastException(ErrorKind.Conflict, "management.not-owner", "Somebody else is the owner.");
            if (Unavailable-- > 0) throw new HoldfastException(ErrorKind.Unavailable, "store.no-quorum", "Not now.");
            State = state;
            History.AddRange(changed);
            return Task.CompletedTask;
        }
    }

    private sealed class Sender(Func<AlertDelivery, CancellationToken, Task> send) : IAlertSender
    {
        public Task SendAsync(AlertDelivery delivery, CancellationToken cancellationToken) => send(delivery, cancellationToken);
    }
}
