namespace Holdfast.Lab.Observation;

/// <summary>What a host can hold of a role.</summary>
public enum OwnershipKind
{
    /// <summary>A process that carries the role in its environment.</summary>
    Process,

    /// <summary>A virtual address on one of its interfaces.</summary>
    Address,

    /// <summary>A file system on a shared disk.</summary>
    Mount,
}

/// <summary>A fact: a host held something of a role for a while.</summary>
/// <param name="Role">The role.</param>
/// <param name="Host">The host.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Name">Which: a process id, an address, a disk.</param>
/// <param name="From">Its beginning on <see cref="Linux.BootClock"/>: a process's fork, or when the kernel told of the address or mount.</param>
/// <param name="To">Its end; null while it lasts.</param>
public sealed record OwnershipInterval(string Role, string Host, OwnershipKind Kind, string Name, TimeSpan From, TimeSpan? To)
{
    /// <summary>Gets the epoch that a process carries.</summary>
    public string? Epoch { get; init; }
}

/// <summary>A time in which more than one host held something of a role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Hosts">The hosts involved, by name.</param>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end; null while it lasts.</param>
public sealed record DoubleOwnership(string Role, IReadOnlyList<string> Hosts, TimeSpan From, TimeSpan? To);
