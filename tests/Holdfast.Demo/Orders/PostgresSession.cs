using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Demo.Orders;

/// <summary>
/// One connection to PostgreSQL in its simple query protocol. The demo measures outages around a second, and the drivers'
/// shortest time-out is a second: here each wait has the limit that is asked for.
/// </summary>
/// <remarks>Used on a thread that is inside the client's network namespace.</remarks>
internal sealed class PostgresSession : IDisposable
{
    private const int Protocol3 = 196608;
    private readonly Socket _socket;

    private PostgresSession(Socket socket) => _socket = socket;

    /// <exception cref="SocketException">Nobody answers, within the limit.</exception>
    /// <exception cref="PostgresException">The server refuses.</exception>
    public static PostgresSession Open(IPEndPoint server, string user, TimeSpan limit)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            Connect(socket, server, limit);
            socket.Blocking = true;
            socket.ReceiveTimeout = socket.SendTimeout = (int)limit.TotalMilliseconds;
            var session = new PostgresSession(socket);
            session.Send(kind: null, [.. Int32(Protocol3), .. Encoding.UTF8.GetBytes($"user\0{user}\0database\0{user}\0\0")]);
            session.ReadUntilReady(_ => { });
            return session;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Runs one statement; returns only after the server has acknowledged it.</summary>
    /// <returns>The first column of each row.</returns>
    /// <exception cref="SocketException">No answer within the limit: whether the statement took effect is unknown.</exception>
    /// <exception cref="PostgresException">The server says that it did not take effect.</exception>
    public List<string> Query(string sql, TimeSpan limit)
    {
        _socket.ReceiveTimeout = (int)limit.TotalMilliseconds;
        var rows = new List<string>();
        Send('Q', [.. Encoding.UTF8.GetBytes(sql), 0]);
        ReadUntilReady(rows.Add);
        return rows;
    }

    public void Dispose() => _socket.Dispose();

    private static void Connect(Socket socket, IPEndPoint server, TimeSpan limit)
    {
        try
        {
            socket.Connect(server);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(limit, SelectMode.SelectWrite))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
            {
                throw new SocketException(error);
            }
        }
    }

    private void ReadUntilReady(Action<string> firstColumn)
    {
        PostgresException? refusal = null;
        while (true)
        {
            var (kind, body) = Receive();
            switch (kind)
            {
                case 'Z':
                    if (refusal is not null)
                    {
                        throw refusal;
                    }

                    return;
                case 'D':
                    var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(2));
                    firstColumn(Encoding.UTF8.GetString(body, 6, Math.Max(length, 0)));
                    break;
                case 'E':
                    refusal = new PostgresException(Encoding.UTF8.GetString(body).Split('\0').FirstOrDefault(field => field.StartsWith('M'))?[1..] ?? "unknown error");
                    if (Encoding.UTF8.GetString(body).Contains("SFATAL", StringComparison.Ordinal))
                    {
                        throw refusal; // The server hangs up after this.
                    }

                    break;
            }
        }
    }

    private void Send(char? kind, byte[] body)
    {
        byte[] message = [.. kind is { } letter ? [(byte)letter] : Array.Empty<byte>(), .. Int32(body.Length + 4), .. body];
        _socket.Send(message);
    }

    private (char Kind, byte[] Body) Receive()
    {
        var header = ReceiveExactly(5);
        return ((char)header[0], ReceiveExactly(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4));
    }

    private byte[] ReceiveExactly(int count)
    {
        var buffer = new byte[count];
        for (var done = 0; done < count;)
        {
            var got = _socket.Receive(buffer, done, count - done, SocketFlags.None);
            done += got > 0 ? got : throw new SocketException((int)SocketError.ConnectionReset);
        }

        return buffer;
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}

/// <summary>PostgreSQL refused a statement or a connection.</summary>
internal sealed class PostgresException(string message) : Exception(message);
