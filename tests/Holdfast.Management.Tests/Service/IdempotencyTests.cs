using System.Text;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Api;
using Holdfast.Management.People;
using Holdfast.Management.Repository;
using Holdfast.Store.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Service;

/// <summary>A change that is sent again with its key: to the same service, and to the next owner of the role.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private static readonly Person Anna = new("anna", AccessLevel.Admin, "192.0.2.1");
    private readonly TempFolder _folder = new();
    private readonly List<RepositoryDatabase> _opened = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _done;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var database in _opened) await database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_next_owner_gives_the_answer_of_the_last_one_and_does_nothing()
    {
        var first = await SendAsync(await OwnerAsync(1), DoAsync);

        var second = await SendAsync(await OwnerAsync(2), DoAsync);

        Assert.Equal((200, "done 1", false), first);
        Assert.Equal((200, "done 1", true), second);
        Assert.Equal(1, _done);
    }

    [Fact]
    public async Task What_the_last_owner_did_not_answer_nobody_does_again()
    {
        var never = new TaskCompletionSource();
        _ = SendAsync(await OwnerAsync(1), (_, _) =>
        {
            _begun.SetResult();
            return never.Task; // The service is killed in the middle.
        });
        await _begun.Task;

        var next = await OwnerAsync(2);

        Assert.Equal("idempotency.unknown", (await Assert.ThrowsAsync<HoldfastException>(() => SendAsync(next, DoAsync))).Code);
        Assert.Equal(0, _done);
    }

    [Fact]
    public async Task Who_goes_away_in_the_middle_finds_the_answer_when_they_ask_again()
    {
        var (owner, go) = (await OwnerAsync(1), new TaskCompletionSource());
        using var gone = new CancellationTokenSource();
        var first = SendAsync(owner, async (http, by) =>
        {
            _begun.SetResult();
            await go.Task.WaitAsync(http.RequestAborted);
            await DoAsync(http, by);
        }, gone.Token);
        await _begun.Task;
        await gone.CancelAsync();
        Assert.Equal("idempotency.in-progress", (await Assert.ThrowsAsync<HoldfastException>(() => SendAsync(owner, DoAsync))).Code);

        go.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first); // There was nobody to answer.

        Assert.Equal((200, "done 1", true), await SendAsync(owner, DoAsync));
        Assert.Equal(1, _done);
    }

    [Fact]
    public async Task What_broke_in_the_middle_is_unknown_and_not_in_progress_for_ever()
    {
        var owner = await OwnerAsync(1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(owner, (_, _) => throw new InvalidOperationException("a bug")));

        Assert.Equal("idempotency.unknown", (await Assert.ThrowsAsync<HoldfastException>(() => SendAsync(owner, DoAsync))).Code);
    }

    private async Task DoAsync(HttpContext http, Person by) => await http.Response.WriteAsync($"done {++_done}");

    /// <summary>The service at an epoch, with the one database.</summary>
    private async Task<Idempotency> OwnerAsync(long epoch)
    {
        var database = new RepositoryDatabase(new RepositoryOptions { Address = $"sqlite:{_folder.Path}/history.db" }, new Epoch(1, epoch), TimeProvider.System, NullLogger<RepositoryDatabase>.Instance);
        _opened.Add(database);
        await database.OpenAsync(default);
        return new Idempotency(database);
    }

    private static async Task<(int Status, string Text, bool Replayed)> SendAsync(Idempotency owner, Func<HttpContext, Person, Task> handle, CancellationToken gone = default)
    {
        using var answer = new MemoryStream();
        var http = new DefaultHttpContext { RequestAborted = gone };
        (http.Request.Method, http.Request.Path, http.Response.Body) = ("POST", "/api/v1/roles/web/move", answer);
        http.Request.Headers["Idempotency-Key"] = "once";
        http.Request.Body = new MemoryStream("{\"to\":\"b\"}"u8.ToArray());
        await owner.HandleAsync(http, new Operation("POST", "/roles/{role}/move", AccessLevel.Operator, "Moves a role.", handle), Anna);
        return (http.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), http.Response.Headers.ContainsKey("Idempotent-Replayed"));
    }
}
