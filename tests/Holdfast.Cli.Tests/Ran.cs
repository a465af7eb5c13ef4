namespace Holdfast.Cli.Tests;

/// <summary>What one run of the command line did.</summary>
internal sealed record Ran(int Exit, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
