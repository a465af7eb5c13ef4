namespace Holdfast.Vault.Backends;

/// <summary>How often and when something unreachable is tried again: waits that double, each cut by chance to between half and all of it.</summary>
public sealed record RetryOptions
{
    /// <summary>Gets the first wait.</summary>
    /// <value>The default is 250 milliseconds.</value>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets the longest wait.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long after the first failure the last attempt begins at the latest.</summary>
    /// <value>The default is 10 minutes: a server that fails over or reboots is waited for, a backup does not hang for hours.</value>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(10);
}
