using System.CommandLine;

namespace Holdfast.Cli.CommandLine;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON: one document, or one a line for streams.", Recursive = true };

    public static Option<string?> RunDirectory { get; } = new("--run-dir")
    {
        Description = "Where the agent's socket is; else $HOLDFAST_RUN, else /run/holdfast.",
        HelpName = "DIR",
        Recursive = true,
    };
}
