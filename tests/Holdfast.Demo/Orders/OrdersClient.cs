using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Probing;

namespace Holdfast.Demo.Orders;

/// <summary>
/// A client that commits numbered rows all the time and remembers which were acknowledged. A row whose commit was not
/// answered is neither: it may be there or not, and its number is not used again.
/// </summary>
internal sealed class OrdersClient : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan CommitLimit = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ExamineLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(20); // A database that is recovering has better things to do than refuse.

    private readonly NetNamespace _network;
    private readonly IPEndPoint _server;
    private readonly List<Probe> _commits = [];
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stopped = new();
    private readonly HashSet<long> _lost = [];
    private long _last;

    public OrdersClient(NetNamespace network, IPEndPoint server)
    {
        (_network, _server) = (network, server);
        _thread = network.StartThread("orders-client", Work);
    }

    /// <summary>Gets every attempt to commit a row; a good one was acknowledged, and its reply is the row's number.</summary>
    public IReadOnlyList<Probe> Commits
    {
        get
        {
            lock (_commits)
            {
                return [.. _commits];
            }
        }
    }

    /// <summary>Returns the numbers of acknowledged rows that are not in the table, and were not returned before.</summary>
    public async Task<IReadOnlyList<long>> FindLostAsync()
    {
        // Taken first: a row acknowledged while we read must not look lost.
        var acknowledged = Commits.Where(commit => commit.IsGood).Select(commit => long.Parse(commit.Reply!, CultureInfo.InvariantCulture)).ToList();
        HashSet<long>? present = null;
        await Waiting.UntilAsync(() => (present = TryReadAll()) is not null, ReadLimit, "the orders cannot be read back");
        return [.. acknowledged.Where(number => !present!.Contains(number) && _lost.Add(number))];
    }

    public void Dispose()
    {
        _stopped.Set();
        _thread.Join();
        _stopped.Dispose();
    }

    /// <summary>Has PostgreSQL compare every index with its table, and the table with itself (amcheck).</summary>
    /// <returns>What it found; null when all is well.</returns>
    public async Task<string?> FindDamageAsync()
    {
        List<string>? found = null;
        await Waiting.UntilAsync(() => (found = TryExamine()) is not null, ExamineLimit, "the database cannot be examined");
        return found!.FirstOrDefault();
    }

    private HashSet<long>? TryReadAll()
    {
        try
        {
            return [.. Ask(session => session.Query("select id from orders", ReadLimit)).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (Exception exception) when (exception is SocketException or PostgresException)
        {
            return null; // Asked again.
        }
    }

    private List<string>? TryExamine()
    {
        try
        {
            return Ask(session =>
            {
                session.Query("set client_min_messages = warning; create extension if not exists amcheck", ExamineLimit);
                try
                {
                    session.Query("select bt_index_check(i.oid, true) from pg_class i join pg_am m on m.oid = i.relam where m.amname = 'btree' and i.relkind = 'i' and i.relpersistence = 'p'", ExamineLimit);
                    return session.Query("select msg from verify_heapam('orders')", ExamineLimit);
                }
                catch (PostgresException damage)
                {
                    return [damage.Message];
                }
            });
        }
        catch (Exception exception) when (exception is SocketException or PostgresException)
        {
            return null; // Asked again: it is not the database that could not be reached.
        }
    }

    private List<string> Ask(Func<PostgresSession, List<string>> question)
    {
        List<string> answer = [];
        Exception? failure = null;
        _network.Run(() =>
        {
            try
            {
                using var session = PostgresSession.Open(_server, "postgres", ConnectLimit);
                answer = question(session);
            }
            catch (Exception exception) when (exception is SocketException or PostgresException)
            {
                failure = exception;
            }
        });
        return failure is null ? answer : throw failure;
    }

    private void Work()
    {
        PostgresSession? session = null;
        while (!_stopped.IsSet)
        {
            var sent = BootClock.Now;
            var number = ++_last;
            string? failure = null;
            try
            {
                session ??= Prepare();
                sent = BootClock.Now;
                session.Query(string.Create(CultureInfo.InvariantCulture, $"insert into orders (id) values ({number})"), CommitLimit);
            }
            catch (Exception exception) when (exception is SocketException or PostgresException)
            {
                failure = exception.Message;
                session?.Dispose();
                session = null;
            }

            lock (_commits)
            {
                _commits.Add(new Probe(sent, BootClock.Now, failure is null ? number.ToString(CultureInfo.InvariantCulture) : null, failure));
            }

            Rest(failure is null ? Pause : PauseAfterFailure);
        }

        session?.Dispose();
    }

    private PostgresSession Prepare()
    {
        var session = PostgresSession.Open(_server, "postgres", ConnectLimit);
        session.Query("create table if not exists orders (id bigint primary key, at timestamptz not null default now())", CommitLimit);
        return session;
    }

    private void Rest(TimeSpan time) => _stopped.Wait(time);
}
