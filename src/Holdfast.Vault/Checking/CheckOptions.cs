namespace Holdfast.Vault.Checking;

/// <summary>What a check does beside comparing what is listed with what is there.</summary>
public sealed record CheckOptions
{
    /// <summary>Gets which packs are read whole; null for none, the default.</summary>
    public ReadSubset? Read { get; init; }

    /// <summary>Gets what remembers which packs were read when; null to remember nothing.</summary>
    public ReadHistory? History { get; init; }

    /// <summary>Gets for how long a pack that was found whole is not read again. The default is zero: it is.</summary>
    public TimeSpan Trust { get; init; }

    /// <summary>Gets how many packs are read at once, each of which takes its length of memory. The default is one for each processor.</summary>
    public int PacksAtOnce { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets the chance that chooses packs.</summary>
    public Random Random { get; init; } = Random.Shared;
}
