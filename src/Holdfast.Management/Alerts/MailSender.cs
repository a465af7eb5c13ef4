using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Holdfast.Management.Alerts;

/// <summary>Sends e-mail by SMTP.</summary>
/// <param name="cluster">The cluster's name, for those who look after several.</param>
public sealed class MailSender(string cluster, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends one message.</summary>
    /// <exception cref="AlertDeliveryException">The server did not take it for everybody.</exception>
    public async Task SendAsync(MailChannel channel, AlertDelivery delivery, CancellationToken cancellationToken)
    {
        var where = $"{channel.Host}:{channel.Port}";
        using var patience = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var password = channel.PasswordFile is { } file ? await SecretFile.ReadAsync(file, either.Token) : null;
            await using var smtp = await SmtpConnection.OpenAsync(channel.Host, channel.Port, channel.Security, channel.CaFile is { } authorities ? Authorities(authorities) : null, either.Token);
            if (channel.User is { } user && password is not null) await smtp.SignInAsync(user, password, either.Token);
            await smtp.SendAsync(channel.From, channel.To, MailText.Write(cluster, channel.From, channel.To, delivery, time.GetUtcNow()), either.Token);
            await smtp.QuitAsync(either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AlertDeliveryException($"{where} did not answer within {Timeout.TotalSeconds:0} s", permanent: false, exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            throw new AlertDeliveryException($"{where}: {exception.Message.TrimEnd('.')}", permanent: false, exception);
        }
    }

    private static X509Certificate2Collection Authorities(string file)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(file);
            return all.Count > 0 ? all : throw new AlertDeliveryException($"{file} has no certificate", permanent: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AlertDeliveryException($"{file} cannot be read: {exception.Message.TrimEnd('.')}", permanent: false, exception);
        }
    }
}
