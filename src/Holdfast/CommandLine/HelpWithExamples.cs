using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Holdfast.Cli.CommandLine;

/// <summary>The library's help, followed by examples, and at the root by the exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        var examples = ExamplesOf(command);
        if (examples.Count > 0)
        {
            output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
            foreach (var example in examples) output.WriteLine("  " + example);
            output.WriteLine();
        }
        if (command is RootCommand) WriteExitCodes(output);
        return (int)ExitCode.Ok;
    }

    public static void WriteExitCodes(TextWriter output)
    {
        output.WriteLine("Exit codes:");
        foreach (var (code, meaning) in ExitCodes.All) output.WriteLine($"  {(int)code,3}  {meaning}");
    }

    public static IReadOnlyList<string> ExamplesOf(Command command) => command switch
    {
        Verb verb => verb.Examples,
        VerbGroup group => group.Examples,
        RootCommand => ["holdfast dev", "holdfast cluster create office --address 10.0.0.11", "holdfast role list"],
        _ => [],
    };
}
