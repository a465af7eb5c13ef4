namespace Holdfast.Vault.Keeping;

/// <summary>Which snapshots are kept: the union of what each rule keeps. Without any rule everything is.</summary>
public sealed record KeepRules
{
    /// <summary>The count that has no end.</summary>
    public const int Unlimited = -1;

    /// <summary>Gets how many of the latest are kept.</summary>
    public int Last { get; init; }

    /// <summary>Gets for how many hours that have a snapshot the newest of the hour is kept.</summary>
    public int Hourly { get; init; }

    public int Daily { get; init; }

    /// <summary>Gets for how many weeks (ISO 8601) the newest is kept.</summary>
    public int Weekly { get; init; }

    public int Monthly { get; init; }

    public int Yearly { get; init; }

    /// <summary>Gets how long before the newest snapshot all are kept.</summary>
    public KeepSpan Within { get; init; }

    public KeepSpan WithinHourly { get; init; }

    public KeepSpan WithinDaily { get; init; }

    public KeepSpan WithinWeekly { get; init; }

    public KeepSpan WithinMonthly { get; init; }

    public KeepSpan WithinYearly { get; init; }

    /// <summary>Gets lists of tags: a snapshot that has all of one list is kept.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Tags { get; init; } = [];

    /// <summary>Gets whether no rule is given.</summary>
    public bool IsEmpty =>
        Last == 0 && Hourly == 0 && Daily == 0 && Weekly == 0 && Monthly == 0 && Yearly == 0 && Tags.Count == 0
        && Within.IsZero && WithinHourly.IsZero && WithinDaily.IsZero && WithinWeekly.IsZero && WithinMonthly.IsZero && WithinYearly.IsZero;
}
