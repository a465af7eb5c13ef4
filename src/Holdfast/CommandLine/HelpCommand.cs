using System.CommandLine;
using Holdfast.Agent.Declarations;

namespace Holdfast.Cli.CommandLine;

/// <summary><c>holdfast help</c>: for those who look for help as a command.</summary>
internal static class HelpCommand
{
    private const string ExitCodesTopic = "exit-codes";

    public static Verb Create()
    {
        var topic = new Argument<string[]>("TOPIC") { Description = "A command, or exit-codes.", Arity = ArgumentArity.ZeroOrMore };
        return new Verb("help", "Show help for a command, or the exit codes.", "holdfast help role move", "holdfast help exit-codes") { topic }
            .Does((run, _) =>
            {
                var words = run.Get(topic) ?? [];
                if (words is [ExitCodesTopic]) HelpWithExamples.WriteExitCodes(run.Surroundings.Out);
                else Show(run, words);
                return Task.CompletedTask;
            });
    }

    private static void Show(Invocation run, string[] words)
    {
        Command command = run.Parsed.RootCommandResult.Command;
        foreach (var word in words)
        {
            command = command.Subcommands.FirstOrDefault(c => c.Name == word || c.Aliases.Contains(word))
                ?? throw new UsageException("unknown-command", $"There is no help on '{string.Join(' ', words)}'.",
                    NearestName.Of(word, command.Subcommands.Select(c => c.Name).Append(ExitCodesTopic)) is { } near ? $"Did you mean '{near}'?" : "Try 'holdfast --help'.");
        }
        run.Parsed.RootCommandResult.Command.Parse([.. words, "--help"]).Invoke(run.Parsed.InvocationConfiguration);
    }
}
