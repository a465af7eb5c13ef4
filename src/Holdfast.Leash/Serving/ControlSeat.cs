using Holdfast.Leash.Native;

namespace Holdfast.Leash.Serving;

/// <summary>
/// Who controls: one connection; the others wait for it in the order they came. The seat is free only when the <em>process</em>
/// that had it is over, not just its connection: an agent that lives on would go on committing to the store, beside the next.
/// </summary>
internal sealed class ControlSeat(LeashShell shell, AgentKeeper? agents, Action<Connection> greet)
{
    /// <summary>How long an agent that lost its connection may take to say why and end, before it is killed.</summary>
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromMilliseconds(200);

    private readonly List<Connection> _waiting = [];
    private AgentProcess? _leaving;

    /// <summary>Gets the connection that controls; null when none does.</summary>
    public Connection? Holder { get; private set; }

    /// <summary>Forgets what a leash before this one said about its agents.</summary>
    public void Open()
    {
        if (agents is not null) agents.Reaped = Next;
        Say();
    }

    /// <summary>Takes the seat now, or waits for it.</summary>
    public void Request(Connection connection)
    {
        _waiting.Add(connection);
        Next();
    }

    /// <summary>Takes note that a connection was closed.</summary>
    public void Left(Connection connection)
    {
        var process = agents?.Find(connection.ProcessId);
        if (connection == Holder) (Holder, _leaving) = (null, process);
        else if (!_waiting.Remove(connection)) return;
        // It connects once in its life, so it is of no use any more; at the end of the leash it has the time that it was given.
        if (process is not null && agents is { IsStopping: false }) shell.Reactor.After(FarewellLimit, () => process.Signal(Libc.SIGKILL));
        Next();
    }

    private void Next()
    {
        if (Holder is null && _leaving is null or { IsReaped: true } && _waiting is [var first, ..])
        {
            _waiting.RemoveAt(0);
            Holder = first;
            if (agents?.Find(first.ProcessId) is { } process) agents.Controls(process);
            greet(first);
        }

        Say();
    }

    /// <summary>Tells administrators which process is which.</summary>
    private void Say()
    {
        Write("standby.pid", _waiting.FirstOrDefault()); // First, so that no process is ever named as both.
        Write("agent.pid", Holder);

        void Write(string name, Connection? connection)
        {
            var path = Path.Combine(shell.Settings.RunDirectory, name);
            try
            {
                if (connection is null)
                {
                    File.Delete(path);
                    return;
                }

                File.WriteAllText(path + ".new", $"{connection.ProcessId}\n");
                File.Move(path + ".new", path, overwrite: true);
            }
            catch (IOException failed)
            {
                Log.Write("not-written", failed.Message);
            }
        }
    }
}
