using System.Collections.Immutable;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Holdfast.Management.Alerts;

/// <summary>A connection to a mail server (RFC 5321), with what alerts need: STARTTLS, sign-in, one message. Every wait ends with the token.</summary>
/// <remarks>Not System.Net.Mail: it cannot be given the certificates to trust without changing them for the whole process, knows neither AUTH PLAIN nor TLS from the start, and goes on without having signed in when no way to do so is offered.</remarks>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int LongestLine = 4096;
    private const int MostLines = 100;

    private readonly string _host;
    private readonly TcpClient _client = new();
    private readonly byte[] _buffer = new byte[LongestLine];
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;
    private ImmutableArray<string> _offers = [];

    private SmtpConnection(string host) => _host = host;

    /// <summary>Connects, and encrypts before anything is said.</summary>
    /// <param name="authorities">The certificates to trust; null for those of the system.</param>
    /// <exception cref="AlertDeliveryException">The server does not what was asked for.</exception>
    public static async Task<SmtpConnection> OpenAsync(string host, int port, MailSecurity security, X509Certificate2Collection? authorities, CancellationToken cancellationToken)
    {
        var connection = new SmtpConnection(host);
        try
        {
            await connection._client.ConnectAsync(host, port, cancellationToken);
            connection._stream = connection._client.GetStream();
            if (security == MailSecurity.Tls) await connection.EncryptAsync(authorities, cancellationToken);
            connection.Expect("greets", await connection.ReadAsync(cancellationToken));
            await connection.GreetAsync(cancellationToken);
            if (security != MailSecurity.StartTls) return connection;

            // Who could change what comes in the clear could take the offer out; so without it there is no message.
            if (!connection._offers.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase)) throw new AlertDeliveryException($"{host} offers no STARTTLS", permanent: false);
            connection.Expect("answers STARTTLS with", await connection.AskAsync("STARTTLS", cancellationToken));
            // And what they put behind the answer would be taken for the server's, from within TLS.
            if (connection._start != connection._end) throw new AlertDeliveryException($"{host} went on in the clear after STARTTLS", permanent: false);
            await connection.EncryptAsync(authorities, cancellationToken);
            await connection.GreetAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Signs in.</summary>
    public async Task SignInAsync(string user, string password, CancellationToken cancellationToken)
    {
        var ways = _offers.FirstOrDefault(offer => offer.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.Split(' ')[1..] ?? [];
        SmtpReply reply;
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await AskAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", cancellationToken);
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await AskAsync("AUTH LOGIN", cancellationToken);
            if (reply.Code == 334) reply = await AskAsync(Base64(user), cancellationToken);
            if (reply.Code == 334) reply = await AskAsync(Base64(password), cancellationToken);
        }
        else
        {
            throw new AlertDeliveryException($"{_host} offers no way to sign in that is known here (PLAIN, LOGIN)", permanent: false);
        }

        // Never for good: a password can be mended while the message waits.
        if (!reply.IsGood) throw new AlertDeliveryException($"{_host} does not let {user} sign in: {reply}", permanent: false);
    }

    /// <summary>Sends a message.</summary>
    /// <exception cref="AlertDeliveryException">It was not taken for everybody. Permanent when none of those whom it was not taken for would be another time.</exception>
    public async Task SendAsync(string from, ImmutableArray<string> to, string message, CancellationToken cancellationToken)
    {
        Expect("answers the sender with", await AskAsync($"MAIL FROM:<{from}>", cancellationToken));
        var refused = new List<(string Address, SmtpReply Reply)>();
        foreach (var address in to)
        {
            if (await AskAsync($"RCPT TO:<{address}>", cancellationToken) is { IsGood: false } reply) refused.Add((address, reply));
        }

        if (refused.Count < to.Length)
        {
            if (await AskAsync("DATA", cancellationToken) is { Code: not 354 } reply) throw Refused("answers the message with", reply);
            await WriteAsync($"{message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal)}.\r\n", cancellationToken); // A dot alone ends it (RFC 5321 4.5.2).
            Expect("answers the message with", await ReadAsync(cancellationToken));
        }

        if (refused.Count > 0) throw new AlertDeliveryException($"{_host} takes nothing for {string.Join(", ", refused.Select(other => $"{other.Address} ({other.Reply})"))}", refused.All(other => other.Reply.IsPermanent));
    }

    /// <summary>Says goodbye, and does not wait for an answer: the message is taken already.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync("QUIT\r\n", cancellationToken);
        }
        catch (IOException)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var reply = await AskAsync($"EHLO {Environment.MachineName}", cancellationToken);
        Expect("answers EHLO with", reply);
        _offers = [.. reply.Lines.Skip(1)];
    }

    private async Task EncryptAsync(X509Certificate2Collection? authorities, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = _host };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        var secure = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secure;
        await secure.AuthenticateAsClientAsync(options, cancellationToken);
    }

    private async Task<SmtpReply> AskAsync(string command, CancellationToken cancellationToken)
    {
        // Whatever an address or a name holds, it is one command.
        if (command.AsSpan().IndexOfAny('\r', '\n') >= 0 || !Ascii.IsValid(command)) throw new AlertDeliveryException("an address or a name has a character that SMTP cannot carry", permanent: true);
        await WriteAsync($"{command}\r\n", cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        while (lines.Count < MostLines)
        {
            var line = await LineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)) break;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new SmtpReply(code, lines.ToImmutable());
        }

        throw new AlertDeliveryException($"{_host} does not speak SMTP", permanent: false);
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_buffer.AsSpan(_start.._end).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = Encoding.UTF8.GetString(_buffer.AsSpan(_start, length)).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length) throw new AlertDeliveryException($"{_host} does not speak SMTP", permanent: false);
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0) throw new AlertDeliveryException($"{_host} closed the connection", permanent: false);
            _end += read;
        }
    }

    private void Expect(string what, SmtpReply reply)
    {
        if (!reply.IsGood) throw Refused(what, reply);
    }

    // Of the whole message, not of an address: whatever the server has against it may be mended in its settings or ours, and the message waits a day for that.
    private AlertDeliveryException Refused(string what, SmtpReply reply) => new($"{_host} {what} {reply}", permanent: false);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
