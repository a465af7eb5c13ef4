namespace Holdfast.Reliability.Tests.Programs;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record Ended(int Exit, string Output, string Errors)
{
    public const int Killed = 128 + 9;

    public override string ToString() => $"exit {Exit}\n{Output}\n{Errors}";
}
