using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Resources;

namespace Holdfast.Cli.Tests;

public sealed class CommandTreeTests
{
    public static TheoryData<string> EveryCommand => [.. Walk(HoldfastCommandLine.Build(), "")];

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Help_of_every_command_shows_an_example_of_it(string path)
    {
        var help = await CommandLineRun.OfAsync(path + " --help");

        Assert.Equal(0, help.Exit);
        Assert.Empty(help.Error);
        Assert.Matches("Examples?:", help.Out);
        Assert.Contains($"  holdfast {path}".TrimEnd(), help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("[default: ]", help.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public void Every_example_parses(string path)
    {
        var root = HoldfastCommandLine.Build();
        var command = path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate((Command)root, (at, word) => at.Subcommands.Single(c => c.Name == word));

        foreach (var example in HelpWithExamples.ExamplesOf(command))
        {
            // What a shell would do: redirections and pipes are no arguments, and what comes before a pipe is another program's line.
            var words = CommandWords.Split(example).SkipWhile(word => word != HoldfastCommandLine.Name).Skip(1).TakeWhile(word => word is not ("|" or "<" or ">")).ToArray();
            var parsed = root.Parse(words);
            Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
            Assert.Empty(parsed.UnmatchedTokens);
        }
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Every_command_refuses_an_option_it_does_not_have(string path)
    {
        var ran = await CommandLineRun.OfAsync(path + " --nonsense");

        Assert.Equal(2, ran.Exit);
        Assert.Empty(ran.Out);
        Assert.Equal(1, ran.Error.Count(c => c == '\n'));
        Assert.StartsWith("error: ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tree_has_every_command_of_the_design()
    {
        string[] expected =
        [
            "dev", "agent", "management", "console address", "console password", "settings show", "settings set", "settings test-database", "approval list", "approval show", "approval approve", "approval refuse", "node test", "job list", "job run", "job calendar", "scheduler list", "scheduler start", "scheduler stop", "calendar list", "calendar delete", "cluster create", "cluster status", "cluster watch", "cluster token", "cluster backup", "cluster restore", "cluster recover", "cluster move-store", "cluster upgrade", "cluster profile", "node upgrade",
            "node join", "node list", "node show", "node set", "node pause", "node resume", "node drain", "node evict", "node confirm-down",
            "role create", "role list", "role show", "role move", "role start", "role stop", "role explain", "role maintenance", "role failback", "cluster maintenance", "role standby", "role delete",
            "resource add", "resource types", "resource online", "resource offline", "resource restart", "config check", "apply", "diff", "delete", "events",
            "what-if", "can-i-reboot", "doctor", "audit", "access list", "access grant", "access revoke", "access certificate", "node revoke", "node renew-certificate",
            "vault init", "vault key list", "vault key add", "vault key remove", "vault key passwd", "vault cat", "volumes",
            "snapshots", "ls", "find", "dump", "stats", "tag", "vault check", "vault forget", "vault prune", "vault copy", "vault seed", "database backup", "database log", "database archive", "database fetch", "database restore", "database dump", "database prove", "database list", "vault repair index", "vault repair packs", "vault repair snapshots", "vault unlock",
        ];

        Assert.Empty(expected.Except(Walk(HoldfastCommandLine.Build(), "")));
    }

    private static IEnumerable<string> Walk(Command command, string path) =>
        command.Subcommands.SelectMany(sub => Walk(sub, $"{path} {sub.Name}".Trim())).Prepend(path);
}
