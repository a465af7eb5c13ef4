namespace Holdfast.Vault.Checking;

/// <summary>How bad a problem is.</summary>
public enum ProblemKind
{
    /// <summary>Nothing is lost; a prune or a repair of the index tidies it up.</summary>
    Hint,

    /// <summary>Something cannot be restored, or will not be after the next failure.</summary>
    Error,
}

/// <summary>Something that a check found.</summary>
/// <param name="Kind">How bad it is.</param>
/// <param name="Code">Its stable code, such as <c>check.pack-missing</c>.</param>
/// <param name="File">The file it is about, as <c>data/1a2b…</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Meaning">What that means, and what to do.</param>
public sealed record VaultProblem(ProblemKind Kind, string Code, string File, string Message, string Meaning)
{
    public override string ToString() => $"{File}: {Message}. {Meaning} [{Code}]";
}
