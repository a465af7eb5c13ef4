namespace Holdfast.Management.Repository.Rows;

/// <summary>An alert and what became of it.</summary>
public sealed record AlertRow
{
    /// <summary>Gets its id, made by whoever opened it.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the rule.</summary>
    public required string Rule { get; init; }

    /// <summary>Gets how bad it is, in the rule's word.</summary>
    public required string Severity { get; init; }

    /// <summary>Gets what it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>Gets what happened, one sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>Gets why.</summary>
    public string? Because { get; init; }

    /// <summary>Gets what to do.</summary>
    public string? Hint { get; init; }

    /// <summary>Gets when it was opened.</summary>
    public required DateTimeOffset Opened { get; init; }

    /// <summary>Gets when it was true last.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>Gets how often it was true since it was opened.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Gets its state: open, acknowledged or closed.</summary>
    public required string State { get; init; }

    /// <summary>Gets whether it comes and goes.</summary>
    public bool Flapping { get; init; }

    /// <summary>Gets who acknowledged it.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Gets what they said.</summary>
    public string? Comment { get; init; }

    /// <summary>Gets when it was closed.</summary>
    public DateTimeOffset? Closed { get; init; }
}
