namespace Holdfast.Management.Alerts;

/// <summary>How the connection to a mail server is encrypted.</summary>
public enum MailSecurity
{
    /// <summary>SMTP begins in the clear and goes on in TLS before anything is said; a server that does not offer it gets nothing.</summary>
    StartTls,

    /// <summary>TLS first (port 465).</summary>
    Tls,

    /// <summary>Not at all; without a user only.</summary>
    None,
}
