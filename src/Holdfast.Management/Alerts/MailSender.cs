using System.Net;
using System.Net.Mail;
using System.Text;

namespace Holdfast.Management.Alerts;

/// <summary>Sends e-mail by SMTP, with STARTTLS unless the channel says otherwise.</summary>
/// <param name="cluster">The cluster's name, for those who look after several.</param>
public sealed class MailSender(string cluster, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends one message.</summary>
    /// <exception cref="AlertDeliveryException">The server did not take it for everybody.</exception>
    public async Task SendAsync(MailChannel channel, AlertDelivery delivery, CancellationToken cancellationToken)
    {
        using var smtp = new SmtpClient(channel.Host, channel.Port)
        {
            EnableSsl = !channel.Plain, // STARTTLS, and an error when the server has none: nobody on the way can talk us out of it.
            UseDefaultCredentials = false,
            Credentials = channel is { User: { } user, PasswordFile: { } file } ? new NetworkCredential(user, await SecretFile.ReadAsync(file, cancellationToken)) : null,
        };
        using var mail = Compose(channel, delivery);
        using var patience = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await smtp.SendMailAsync(mail, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AlertDeliveryException($"{channel.Host}:{channel.Port} did not answer within {Timeout.TotalSeconds:0} s", permanent: false, exception);
        }
        catch (SmtpException exception)
        {
            throw new AlertDeliveryException($"{channel.Host}:{channel.Port}: {Innermost(exception)}", IsPermanent(exception.StatusCode), exception);
        }
    }

    private MailMessage Compose(MailChannel channel, AlertDelivery delivery)
    {
        var message = delivery.Message;
        var what = message.Kind switch { "closed" => "over", "test" => "test", "escalated" => $"still {Word(message.Severity)}", "flapping" => $"{Word(message.Severity)}, comes and goes", _ => Word(message.Severity) };
        var subject = OneLine($"[{cluster}] {what}: {message.Sentence}");
        var mail = new MailMessage
        {
            From = new MailAddress(channel.From), Subject = subject.Length > 200 ? subject[..200] : subject, SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8, IsBodyHtml = false,
            Body = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
                {message.Sentence}

                Why:        {message.Because}
                What to do: {message.Hint}

                Since:      {message.Opened.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(message.Count > 1 ? $", {message.Count} times" : "")}
                About:      {message.Subject}
                Rule:       {message.Rule}
                Cluster:    {cluster}

                """),
        };
        foreach (var address in channel.To) mail.To.Add(new MailAddress(address));
        // The same with every try and every owner, so that a mail program shows it once.
        mail.Headers.Add("Message-ID", $"<{delivery.Id}@{mail.From.Host}>");
        mail.Headers.Add("X-Holdfast-Alert", message.Alert.Length > 0 ? message.Alert : "test");
        if (message.Alert.Length > 0) mail.Headers.Add("References", $"<{message.Alert}@{mail.From.Host}>"); // All of one alert is one conversation.
        mail.Headers.Add("Auto-Submitted", "auto-generated"); // No answer from those on holiday (RFC 3834).
        return mail;
    }

    /// <summary>A text of somebody else's must not begin another line of the head.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, static (line, from) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(from[i]) ? ' ' : from[i];
    });

    private static string Word(AlertSeverity severity) => severity.ToString().ToLowerInvariant();

    // Of a mailbox, not of the account that signs in: a password can be mended while the message waits.
    private static bool IsPermanent(SmtpStatusCode status) => status is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.UserNotLocalTryAlternatePath or SmtpStatusCode.MailboxNameNotAllowed;

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception.Message.TrimEnd('.');
    }
}
