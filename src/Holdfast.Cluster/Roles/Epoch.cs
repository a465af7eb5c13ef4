using System.Globalization;

namespace Holdfast.Cluster.Roles;

/// <summary>Grows with every change of a role's owner, so that a stale owner can be told apart and refused. Written as <c>generation.number</c>.</summary>
/// <param name="Generation">The generation of the store; grows when the store is restored (leases rule 17).</param>
/// <param name="Number">Grows by one with each change of owner; 0 is before the first.</param>
public readonly record struct Epoch(int Generation, long Number) : IComparable<Epoch>
{
    /// <summary>Gets the epoch of a role that nobody has owned yet.</summary>
    public static Epoch None => default;

    /// <summary>Returns the next epoch in a store of the given generation.</summary>
    public Epoch Next(int generation) => new(Math.Max(generation, Generation), Number + 1);

    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Generation != other.Generation ? Generation.CompareTo(other.Generation) : Number.CompareTo(other.Number);

    public static bool operator <(Epoch left, Epoch right) => left.CompareTo(right) < 0;

    public static bool operator >(Epoch left, Epoch right) => left.CompareTo(right) > 0;

    public static bool operator <=(Epoch left, Epoch right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Epoch left, Epoch right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Generation}.{Number}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not an epoch.</exception>
    public static Epoch Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            && long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Epoch(generation, number)
            : throw new FormatException($"'{text}' is not an epoch (generation.number).");
    }
}
