namespace Holdfast.Management.Policies;

/// <summary>One mistake in a document, or one thing to know about it.</summary>
/// <param name="Field">Which field, as the JSON has it: <c>things[0].name</c>; empty for the document as a whole.</param>
/// <param name="Message">What is wrong and what to do, one sentence that can follow the field.</param>
public sealed record PolicyProblem(string Field, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? Message : $"{Field} {Message}";
}
