using System.Globalization;
using Holdfast.Cluster;
using Holdfast.Management.Hosting;
using Holdfast.Management.People;
using Holdfast.Management.Repository;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>
/// GET /stream: what happens, as it happens. Events come from the history once they are in it, each with its id: whoever gives the last one that they had gets all that followed, from this
/// owner or the next one. Everything else is as it is now.
/// </summary>
internal sealed class EventStream(ClusterFollower follower, ServiceStanding standing, RepositoryDatabase repository, TimeProvider time)
{
    private const int RowsAtOnce = 500;

    // A connection to a node that lost its power is silent for ever: who hears nothing for a few beats asks whoever has the address by now.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Sends until whoever reads goes.</summary>
    public async Task SendAsync(HttpContext http, Person person)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no"; // A proxy in front would keep it back.
        http.Response.Headers["Holdfast-Beat"] = Beat.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        using var listener = follower.Listen(); // Before the history is read: what comes meanwhile comes twice rather than never, and the second time is known.
        try
        {
            var given = StreamPosition.Parse(http.Request.Headers["Last-Event-ID"]);
            var position = given ?? await NowAsync(http.RequestAborted);
            await WriteAsync(http, "retry: 500\n\n" + StreamEvent.Of("service", await standing.LookAsync(http.RequestAborted), ManagementJson.Default.ServiceInfo, given is null ? position : null).Text);
            if (follower.Status is { } status) await WriteAsync(http, ClusterFollower.Say(status).Text);
            var isBehind = false;
            if (given is { } last) (position, isBehind) = await CatchUpAsync(http, last);
            await FollowAsync(http, listener, position, isBehind);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
        }
    }

    private async Task FollowAsync(HttpContext http, StreamListener listener, StreamPosition? position, bool isBehind)
    {
        while (true)
        {
            var next = listener.Reader.WaitToReadAsync(http.RequestAborted).AsTask();
            // A line at least so often shows both sides that the other is there.
            while (await Task.WhenAny(next, Task.Delay(Beat, time, http.RequestAborted)) != next) await WriteAsync(http, ": \n\n");
            if (!await next) return;
            while (listener.Reader.TryRead(out var item))
            {
                if (item.Id is { } id)
                {
                    // Of several nodes that were collected at once the later may be told first, and who reads too slowly misses some: what is not the next is read from the history, where both are.
                    if (position is { } known && known.Database == id.Database && id.Key > known.Key && (isBehind || id.Key != known.Key + 1)) (position, isBehind) = await CatchUpAsync(http, known);
                    if (isBehind || (position?.Database == id.Database && id.Key <= position.Value.Key)) continue;
                    position = id;
                }

                await WriteAsync(http, item.Text);
            }
        }
    }

    /// <summary>Sends what the history has after a position.</summary>
    /// <returns>Up to where that is, and whether there may be more.</returns>
    private async Task<(StreamPosition? Position, bool IsBehind)> CatchUpAsync(HttpContext http, StreamPosition position)
    {
        try
        {
            // The ids of another database say nothing in this one: it goes on from now.
            if (position.Database != repository.Identity) return (await NowAsync(http.RequestAborted), false);
            while (await repository.Events.AfterAsync(position.Key, RowsAtOnce, http.RequestAborted) is { IsEmpty: false } rows)
            {
                await WriteAsync(http, string.Concat(rows.Select(row => StreamEvent.Of(StreamEvent.Kept, row, HistoryJson.Default.EventRow, position with { Key = row.Id }).Text)));
                position = position with { Key = rows[^1].Id };
            }

            return (position, false);
        }
        catch (HoldfastException away) when (away.Code == "repository.down")
        {
            return (position, true); // The next event comes when it is back.
        }
    }

    private async Task<StreamPosition?> NowAsync(CancellationToken cancellationToken)
    {
        try
        {
            return repository.Identity is { } database ? new StreamPosition(database, await repository.Events.LastIdAsync(cancellationToken)) : null;
        }
        catch (HoldfastException away) when (away.Code == "repository.down")
        {
            return null;
        }
    }

    private static async Task WriteAsync(HttpContext http, string text)
    {
        await http.Response.WriteAsync(text, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
