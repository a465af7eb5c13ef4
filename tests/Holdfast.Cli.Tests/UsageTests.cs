using System.Text.Json;

namespace Holdfast.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("rol list", "error: 'rol' is not a command of 'holdfast'. Did you mean 'holdfast role'? [usage.unknown-command]")]
    [InlineData("role lsit", "error: 'lsit' is not a command of 'holdfast role'. Did you mean 'holdfast role list'? [usage.unknown-command]")]
    [InlineData("role list --jsno", "error: 'holdfast role list' has no option '--jsno'. Did you mean '--json'? [usage.unknown-option]")]
    [InlineData("role move web --too b", "error: 'holdfast role move' has no option '--too'. Did you mean '--to'? [usage.unknown-option]")]
    [InlineData("role", "error: 'holdfast role' needs a command: create, list, show, move, failback, start, stop, maintenance, explain, standby, delete. Try 'holdfast role --help'. [usage.command-missing]")]
    [InlineData("role move", "error: 'holdfast role move' needs ROLE. For example: holdfast role move web. [usage.argument-missing]")]
    [InlineData("role list extra", "error: 'holdfast role list' does not know what to do with 'extra'. Try 'holdfast role list --help'. [usage.unknown-argument]")]
    [InlineData("apply", "error: 'holdfast apply' needs --file FILE. For example: holdfast apply -f roles.yaml. [usage.option-missing]")]
    [InlineData("role move web --timeout soon", "error: --timeout: 'soon' is not a duration; write a number and a unit, such as 250ms, 30s, 5m, 1h or 2d. Try 'holdfast role move --help'. [usage.invalid]")]
    [InlineData("cluster create", "error: The cluster needs a name. For example: holdfast cluster create office --address 10.0.0.11. [usage.name-missing]")]
    [InlineData("cluster create a --name b --address 10.0.0.1", "error: The cluster is named twice, 'a' and 'b'. Give one name. [usage.name-twice]")]
    [InlineData("cluster token --lifetime 5s", "error: A token cannot live for 5s. Choose from 1m to 7d. [usage.lifetime]")]
    [InlineData("delete", "error: Name either a role or a file. Try 'holdfast delete web' or 'holdfast delete -f roles.yaml'. [usage.role-or-file]")]
    [InlineData("help rolee", "error: There is no help on 'rolee'. Did you mean 'role'? [usage.unknown-command]")]
    [InlineData("role create UPPER", "error: 'UPPER' is not a valid role name. Use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit. [name.invalid]")]
    [InlineData("role create web --user joe", "error: --user and --probe belong to a program. Add --process COMMAND. [usage.option-alone]")]
    [InlineData("resource add web x --type process --set oops", "error: --set 'oops' is not KEY=VALUE. [usage.set]")]
    public async Task A_wrong_command_line_is_answered_with_one_line_that_says_what_to_type(string line, string expected)
    {
        var ran = await CommandLineRun.OfAsync(line);

        Assert.Equal(expected + "\n", ran.Error);
        Assert.Equal(2, ran.Exit);
        Assert.Empty(ran.Out);
    }

    [Fact]
    public async Task A_profile_that_does_not_exist_is_refused_with_those_that_do()
    {
        var ran = await CommandLineRun.OfAsync("cluster create x --address 10.0.0.1 --profile fats");

        Assert.Equal(2, ran.Exit);
        foreach (var profile in (string[])["fast", "lan", "wan"]) Assert.Contains(profile, ran.Error, StringComparison.Ordinal);
        Assert.Equal(1, ran.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Nothing_typed_shows_help_with_the_exit_codes()
    {
        var ran = await CommandLineRun.OfAsync("");

        Assert.Equal(0, ran.Exit);
        Assert.Contains("Exit codes:", ran.Out, StringComparison.Ordinal);
        Assert.Contains("  130  interrupted", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documented_exit_codes_are_the_real_ones()
    {
        var ran = await CommandLineRun.OfAsync("help exit-codes");

        var documented = File.ReadAllText(Path.Combine(Repository.Root, "docs/exit-codes.md"));
        foreach (var line in ran.Lines.Skip(1).Select(line => line.Trim()))
        {
            var (code, meaning) = (line.Split(' ')[0], string.Join(' ', line.Split(' ')[1..]).Trim());
            Assert.Contains($"| {code} | {meaning} |", documented, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_json_a_usage_error_is_a_problem_on_standard_error()
    {
        var ran = await CommandLineRun.OfAsync("role lsit --json");

        var problem = JsonDocument.Parse(ran.Error).RootElement;
        Assert.Equal("usage.unknown-command", problem.GetProperty("code").GetString());
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        Assert.Equal("Did you mean 'holdfast role list'?", problem.GetProperty("hint").GetString());
        Assert.Empty(ran.Out);
    }

    [Fact]
    public async Task The_version_says_what_this_machine_lacks_and_which_package_has_it()
    {
        var ran = await CommandLineRun.OfAsync("--version --json");

        var version = JsonDocument.Parse(ran.Out).RootElement;
        Assert.Equal(0, ran.Exit);
        Assert.NotEmpty(version.GetProperty("version").GetString()!);
        Assert.StartsWith(".NET ", version.GetProperty("runtime").GetString(), StringComparison.Ordinal);
        foreach (var piece in version.GetProperty("missing").EnumerateArray()) Assert.NotEmpty(piece.GetProperty("package").GetString()!);
    }
}
