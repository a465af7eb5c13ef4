using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Serving;

/// <summary>Listens on the leash's socket. One connection controls, and others wait to (<see cref="ControlSeat"/>). Losing it touches no role.</summary>
internal sealed unsafe class LeashServer
{
    private readonly LeashShell _shell;
    private readonly RequestHandler _handler;
    private readonly ControlSeat _seat;
    private readonly WireWriter _writer = new();
    private readonly List<Connection> _connections = [];
    private int _listener = -1;

    public LeashServer(LeashShell shell, RequestHandler handler, AgentKeeper? agents)
    {
        (_shell, _handler) = (shell, handler);
        _seat = new ControlSeat(shell, agents, Welcome);
    }

    public void Open()
    {
        var path = _shell.Settings.SocketPath;
        File.Delete(path); // The state folder's lock says that nobody serves it.
        _listener = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        var address = new byte[110]; // struct sockaddr_un
        address[0] = Libc.AF_UNIX;
        var name = Libc.Text(path);
        if (name.Length > address.Length - 2) throw new IOException($"{path} is too long for a socket; choose a run folder with a shorter name.");
        name.CopyTo(address, 2);
        int bound;
        fixed (byte* bytes = address) bound = Libc.bind(_listener, bytes, address.Length);
        if (bound != 0 || Libc.listen(_listener, 8) != 0) throw new IOException($"Cannot listen on {path}: {Libc.LastError}.");
        _seat.Open();
        _shell.Reactor.Watch(_listener, Libc.EPOLLIN, _ => Accept());
        _shell.Tell = Tell;
    }

    /// <summary>Tells the controlling agent, if there is one.</summary>
    private void Tell(LeashEvent happened)
    {
        if (_seat.Holder is not { IsOpen: true } agent) return;
        switch (happened)
        {
            case LeashEvent.UnitExited exited: agent.Send(_writer.Begin(FrameKind.UnitExited, 0).Text(exited.Unit).Epoch(exited.Epoch).Int(exited.ProcessId).Int(exited.ExitCode).End().Frame); break;
            case LeashEvent.Expired expired: agent.Send(_writer.Begin(FrameKind.Expired, 0).Long(expired.Incarnation).Text(expired.Reason).End().Frame); break;
            case LeashEvent.Clean clean: agent.Send(_writer.Begin(FrameKind.Clean, 0).Long(clean.Incarnation).Long(clean.Took.Ticks).End().Frame); break;
        }
    }

    private void Accept()
    {
        var fd = Libc.accept4(_listener, null, null, Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK);
        if (fd < 0) return;
        var credentials = stackalloc int[3]; // struct ucred: pid, uid, gid
        var length = 12;
        if (Libc.getsockopt(fd, 1, 17 /* SOL_SOCKET, SO_PEERCRED */, credentials, &length) != 0 || ((uint)credentials[1] != 0 && (uint)credentials[1] != Libc.geteuid()))
        {
            Log.Write("connection-refused", $"user {credentials[1]} may not speak to the leash");
            Libc.close(fd);
            return;
        }

        _connections.Add(new Connection(_shell.Reactor, fd, credentials[0], Received, connection =>
        {
            _connections.Remove(connection);
            _seat.Left(connection);
        }));
    }

    private void Received(Connection connection, FrameKind kind, uint id, byte[] buffer, int start, int length)
    {
        // What is about the lease is never kept waiting by starts, of which there may be hundreds: a renewal that comes late is none. These go before
        // what was asked earlier without harm: they make nothing, and what the latch forbids is refused whenever it comes to be done.
        if (kind is FrameKind.Arm or FrameKind.Cap or FrameKind.Expire or FrameKind.Hello) Handle(connection, kind, id, buffer.AsSpan(start, length));
        else HandleLater(connection, kind, id, buffer.AsSpan(start, length).ToArray());
    }

    private void HandleLater(Connection connection, FrameKind kind, uint id, byte[] request) => _shell.Reactor.Later(() =>
    {
        if (connection.IsOpen) Handle(connection, kind, id, request); // Who left learns that whether it was done is unknown.
    });

    private void Handle(Connection connection, FrameKind kind, uint id, ReadOnlySpan<byte> request)
    {
        try
        {
            var reader = new WireReader(request);
            if (kind == FrameKind.Hello) Greet(connection, id, ref reader);
            else if (!connection.Greeted || (connection.Observes && kind != FrameKind.GetState)) Refuse(connection, id, Refusal.Failure("This connection may not ask for that."));
            else _handler.Handle(kind, ref reader, new Reply(this, connection, id));
        }
        catch (InvalidDataException malformed)
        {
            Log.Write("protocol-error", malformed.Message);
            connection.Close();
        }
    }

    private void Greet(Connection connection, uint id, ref WireReader reader)
    {
        if (connection.Hello is not null) throw new InvalidDataException("A second hello on one connection.");
        connection.Hello = id;
        var version = reader.Int();
        connection.Observes = reader.Flag();
        if (version != Wire.Version)
        {
            Refuse(connection, id, Refusal.Failure($"The leash speaks protocol {Wire.Version}, the agent {version}; restart the leash after an update."));
            return;
        }

        if (connection.Observes) Welcome(connection);
        else _seat.Request(connection);
    }

    private void Welcome(Connection connection)
    {
        connection.Greeted = true;
        connection.Send(_writer.Begin(FrameKind.Done, connection.Hello!.Value).Int(Wire.Version).End().Frame);
    }

    private void Refuse(Connection connection, uint id, Refusal refusal) =>
        connection.Send(_writer.Begin(FrameKind.Refused, id).Text(refusal.Code).Text(refusal.Message).End().Frame);

    /// <summary>The way back to who asked; used once, now or later.</summary>
    internal readonly record struct Reply(LeashServer Server, Connection Connection, uint Id)
    {
        public void Done(Refusal? refusal)
        {
            if (refusal is null) Connection.Send(Server._writer.Begin(FrameKind.Done, Id).End().Frame);
            else Refused(refusal);
        }

        /// <summary>Begins a positive answer; write its fields and give it to <see cref="Send"/>.</summary>
        public WireWriter Begin() => Server._writer.Begin(FrameKind.Done, Id);

        public void Send(WireWriter answer) => Connection.Send(answer.End().Frame);

        public void Refused(Refusal refusal)
        {
            if (refusal.Code == Refusal.Failed) Log.Write("refused", refusal.Message);
            Server.Refuse(Connection, Id, refusal);
        }
    }
}
