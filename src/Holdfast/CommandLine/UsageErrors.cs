using System.CommandLine;
using Holdfast.Agent.Declarations;

namespace Holdfast.Cli.CommandLine;

/// <summary>Turns what the parser disliked into one line that says what to type instead.</summary>
internal static class UsageErrors
{
    public static UsageException? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed);
        // The parser takes an option that it does not know for an argument where one is missing: 'role stop --wiat' would stop a role "--wiat".
        if (command.Arguments.SelectMany(a => parsed.GetResult(a)?.Tokens ?? []).FirstOrDefault(token => token.Value is ['-', _, ..]) is { } disguised)
        {
            return UnknownOption(disguised.Value, command, path, parsed);
        }
        if (parsed.Errors.Count == 0) return null;

        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            if (unknown.StartsWith('-')) return UnknownOption(unknown, command, path, parsed);
            if (command.Subcommands.Count > 0) return UnknownCommand(unknown, command, path);
            return new UsageException("unknown-argument", $"'{path}' does not know what to do with '{unknown}'.", $"Try '{path} --help'.");
        }
        if (command is VerbGroup || command.Subcommands.Count > 0)
        {
            return new UsageException("command-missing", $"'{path}' needs a command: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}.", $"Try '{path} --help'.");
        }

        if (command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 }) is { } missing)
        {
            return new UsageException("argument-missing", $"'{path}' needs {missing.Name}.", ExampleOf(command, path));
        }
        if (command.Options.FirstOrDefault(o => o.Required && parsed.GetResult(o) is null or { Implicit: true }) is { } needed)
        {
            return new UsageException("option-missing", $"'{path}' needs {needed.Name} {needed.HelpName}.", ExampleOf(command, path));
        }

        return new UsageException("invalid", Sentence(parsed.Errors[0].Message), $"Try '{path} --help'.");
    }

    /// <summary>The command as typed, without options: <c>holdfast role list</c>.</summary>
    public static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, result.Command is RootCommand ? HoldfastCommandLine.Name : result.Command.Name);
        }
        return string.Join(' ', names);
    }

    private static UsageException UnknownCommand(string word, Command command, string path)
    {
        var near = NearestName.Of(word, command.Subcommands.Where(c => !c.Hidden).SelectMany(c => c.Aliases.Prepend(c.Name)));
        return new UsageException("unknown-command", $"'{word}' is not a command of '{path}'.", near is null ? $"Try '{path} --help'." : $"Did you mean '{path} {near}'?");
    }

    private static UsageException UnknownOption(string word, Command command, string path, ParseResult parsed)
    {
        var name = word.Split('=')[0];
        var known = command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(o => o.Recursive)).Where(o => !o.Hidden);
        var near = NearestName.Of(name, known.SelectMany(o => o.Aliases.Prepend(o.Name)).Where(n => n.StartsWith("--", StringComparison.Ordinal)));
        return new UsageException("unknown-option", $"'{path}' has no option '{name}'.", near is null ? $"Try '{path} --help'." : $"Did you mean '{near}'?");
    }

    private static string ExampleOf(Command command, string path) =>
        HelpWithExamples.ExamplesOf(command) is [var example, ..] ? $"For example: {example}." : $"Try '{path} --help'.";

    // The parser's own messages may list choices on lines of their own.
    private static string Sentence(string message) => string.Join(' ', message.Split((char[])['\n', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.', ' ') + ".";
}
