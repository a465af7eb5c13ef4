namespace Holdfast.Management.Policies;

/// <summary>How a policy's snapshots are verified.</summary>
public sealed record PolicyVerification
{
    /// <summary>Gets when its vaults are checked; null for never.</summary>
    public string? CheckWhen { get; init; }

    /// <summary>Gets how much of the data a check reads: <c>10%</c>, <c>50G</c> or <c>1/7</c>; null reads nothing and compares only what is listed.</summary>
    public string? CheckRead { get; init; }

    /// <summary>Gets when the newest snapshot of each thing is restored to prove that it can be; null for never.</summary>
    public string? ProofWhen { get; init; }

    /// <summary>Gets the folder to which proofs restore, an absolute path; needed with <see cref="ProofWhen"/>.</summary>
    public string? Scratch { get; init; }

    /// <summary>Gets how much a proof restores, such as <c>500M</c>; null for all.</summary>
    public string? Sample { get; init; }

    /// <summary>Gets how old the last proof may be; null asks for none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("maxAgeSeconds"), System.Text.Json.Serialization.JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? MaxAge { get; init; }
}
