using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>A way to tell people, or another system. One of <see cref="Mail"/>, <see cref="Webhook"/> and <see cref="Command"/> is given.</summary>
public sealed record AlertChannel
{
    /// <summary>Gets the name: 1 to 63 of a-z, 0-9 and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Gets e-mail.</summary>
    public MailChannel? Mail { get; init; }

    /// <summary>Gets a webhook.</summary>
    public WebhookChannel? Webhook { get; init; }

    /// <summary>Gets a command.</summary>
    public CommandChannel? Command { get; init; }
}

/// <summary>E-mail by SMTP.</summary>
public sealed record MailChannel
{
    /// <summary>Gets the mail server.</summary>
    public required string Host { get; init; }

    /// <summary>Gets its port. The default is 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Gets how the connection is encrypted. The default is STARTTLS.</summary>
    public MailSecurity Security { get; init; }

    /// <summary>Gets the file with the certificates (PEM) that vouch for the server, at the same absolute path on every node; null for those that the system trusts.</summary>
    public string? CaFile { get; init; }

    /// <summary>Gets the account to sign in with; null signs in with none.</summary>
    public string? User { get; init; }

    /// <summary>Gets the file with its password, at the same absolute path on every node, so that no document of the cluster holds it.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Gets the sender's address.</summary>
    public required string From { get; init; }

    /// <summary>Gets the addresses of those who get it; 1 to 50.</summary>
    public ImmutableArray<string> To { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>A webhook: an HTTP POST of JSON.</summary>
public sealed record WebhookChannel
{
    /// <summary>Gets the URL: https, or http where nobody listens on the way. No redirect is followed.</summary>
    public required string Url { get; init; }

    /// <summary>Gets the file with the secret that messages are signed with, at the same absolute path on every node; null signs nothing.</summary>
    public string? SecretFile { get; init; }

    /// <summary>Gets how long an answer may take, in seconds. The default is 10; 1 to 60.</summary>
    public int TimeoutSeconds { get; init; } = 10;
}

/// <summary>A command, which gets the message as JSON on its standard input.</summary>
public sealed record CommandChannel
{
    /// <summary>Gets the program, by absolute path, and its arguments.</summary>
    public ImmutableArray<string> Command { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the account that it runs as. It must be given: nothing runs as root unless somebody wrote that.</summary>
    public required string User { get; init; }

    /// <summary>Gets how long it may take, in seconds; then it is killed. The default is 30; 1 to 600.</summary>
    public int TimeoutSeconds { get; init; } = 30;
}
