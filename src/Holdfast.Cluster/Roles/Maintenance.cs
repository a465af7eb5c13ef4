namespace Holdfast.Cluster.Roles;

/// <summary>
/// A time in which nothing is done about a role, or about any: it is observed and told of, but neither started, stopped, restarted nor moved.
/// It ends by itself. Leases are no part of it: a node that loses its lease ends its roles.
/// </summary>
public sealed record Maintenance
{
    /// <summary>The shortest maintenance.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>The longest maintenance: what takes longer is no exception any more.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>How many reminders there are between its beginning and its end, evenly spread.</summary>
    public const int MostReminders = 3;

    /// <summary>Gets when it began: wall clock of the node that was asked.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Gets when it ends by itself, on the wall clock of each node.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Gets why, in the words of who asked; null when they gave no reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets how many reminders were given so far.</summary>
    public int Reminders { get; init; }

    /// <summary>Begins a maintenance.</summary>
    /// <exception cref="HoldfastException">Code <c>maintenance.invalid</c>: the time is not from <see cref="Shortest"/> to <see cref="Longest"/>.</exception>
    public static Maintenance Begin(DateTimeOffset now, TimeSpan time, string? reason) => time >= Shortest && time <= Longest
        ? new() { Since = now, Until = now + time, Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim() }
        : throw new HoldfastException(ErrorKind.Invalid, "maintenance.invalid", $"A maintenance of {time.TotalMinutes:0.##} minutes is not possible; it takes from 1 minute to 30 days.", "Give the time with --for, such as --for 2h.");

    /// <summary>Whether it has not ended yet.</summary>
    public bool IsInEffect(DateTimeOffset now) => now < Until;

    /// <summary>Returns when reminder <paramref name="number"/> (from 1) is due.</summary>
    public DateTimeOffset ReminderAt(int number) => Since + ((Until - Since) * number / (MostReminders + 1));

    /// <summary>Returns how many reminders should have been given by now.</summary>
    public int RemindersDue(DateTimeOffset now) => Enumerable.Range(1, MostReminders).Count(number => now >= ReminderAt(number));
}
