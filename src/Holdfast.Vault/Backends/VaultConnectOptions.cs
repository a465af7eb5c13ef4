namespace Holdfast.Vault.Backends;

/// <summary>How a back end that is elsewhere is spoken to.</summary>
public sealed record VaultConnectOptions
{
    /// <summary>Gets the PEM file with the authorities that may sign the server's certificate.</summary>
    /// <value>The default is null: what <c>HOLDFAST_CACERT</c> or <c>RESTIC_CACERT</c> names, else those that this machine trusts.</value>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Gets how long a transfer may stand still before it counts as failed.</summary>
    /// <value>The default is 1 minute.</value>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets how an unreachable vault is tried again, or null for not at all.</summary>
    public RetryOptions? Retry { get; init; } = new();

    /// <summary>Gets what is told why and for how long a try waits for the next, or null.</summary>
    public Action<HoldfastException, TimeSpan>? Waiting { get; init; }

    /// <summary>Gets the most bytes a second to the vault, or null for as many as there are.</summary>
    public long? UploadBytesPerSecond { get; init; }

    /// <summary>Gets the most bytes a second from the vault, or null for as many as there are.</summary>
    public long? DownloadBytesPerSecond { get; init; }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the environment: <c>RESTIC_REST_USERNAME</c> and <c>RESTIC_REST_PASSWORD</c> for REST; <c>AWS_ACCESS_KEY_ID</c>,
    /// <c>AWS_SECRET_ACCESS_KEY</c>, <c>AWS_SESSION_TOKEN</c> and <c>AWS_DEFAULT_REGION</c> for S3.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    internal string? CertificateAuthority => CertificateAuthorityFile ?? Named("HOLDFAST_CACERT") ?? Named("RESTIC_CACERT");

    private string? Named(string variable) => Environment(variable) is { Length: > 0 } value ? value : null;
}
