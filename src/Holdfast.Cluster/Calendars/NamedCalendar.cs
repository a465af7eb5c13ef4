using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Holdfast.Cluster.Calendars;

/// <summary>Days under a name, for any number of jobs: key <c>calendars/{name}</c>. It names no other calendar, so that none can come to name itself.</summary>
public sealed record NamedCalendar
{
    /// <summary>The most rules of one; enough for the holidays of decades.</summary>
    public const int MostRules = 500;

    private DaySet? _set;

    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the days, in the words of <see cref="DayRule"/>; none means every day.</summary>
    public ImmutableArray<string> Days { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the days that are none of them.</summary>
    public ImmutableArray<string> Except { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the days as they are calculated with.</summary>
    /// <exception cref="FormatException">A rule cannot be read.</exception>
    [JsonIgnore]
    public DaySet Set => _set ??= new([.. Days.Select(DayRule.Parse)], [.. Except.Select(DayRule.Parse)]);

    /// <summary>Reads it, or says what is wrong with it.</summary>
    /// <returns>The field and what is wrong with it, for each mistake.</returns>
    public IEnumerable<(string Field, string Message)> Problems()
    {
        if (!Naming.EntityName.IsValid(Name)) yield return ("name", $"'{Name}' is not a valid calendar name; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit.");
        if (Days.IsEmpty && Except.IsEmpty) yield return ("days", "is missing, and so is except: a calendar needs days.");
        foreach (var (field, rules) in new[] { ("days", Days), ("except", Except) })
        {
            if (rules.Length > MostRules) yield return (field, $"has {rules.Length} rules; {MostRules} are the most.");
            foreach (var rule in rules.Take(MostRules))
            {
                if (Complaint(rule) is { } complaint) yield return (field, complaint);
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(NamedCalendar? other) => other is not null && Name == other.Name && Days.SequenceEqual(other.Days) && Except.SequenceEqual(other.Except);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Days.Length, Except.Length);

    private static string? Complaint(string rule)
    {
        try
        {
            return DayRule.Parse(rule) is DayRule.Named ? $"'{rule}' names a calendar; a calendar cannot be made of others." : null;
        }
        catch (FormatException exception)
        {
            return $"{exception.Message}.";
        }
    }
}
