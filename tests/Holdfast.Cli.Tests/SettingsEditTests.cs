using System.Text.Json.Nodes;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Consoles;

namespace Holdfast.Cli.Tests;

public sealed class SettingsEditTests
{
    private static readonly JsonObject Settings = JsonNode.Parse("""{"history":{"eventsDays":90},"secondPerson":{"all":false,"acts":["node.evict"]},"consoleAddress":null,"revision":"1"}""")!.AsObject();

    [Theory]
    [InlineData("history.eventsDays=30", """{"eventsDays":30}""", "history")]
    [InlineData("secondPerson.all=true", """{"all":true,"acts":["node.evict"]}""", "secondPerson")]
    [InlineData("secondPerson.acts=role.delete, vault.delete", """{"all":false,"acts":["role.delete","vault.delete"]}""", "secondPerson")]
    [InlineData("secondPerson.acts=none", """{"all":false,"acts":[]}""", "secondPerson")]
    [InlineData("consoleAddress=https://hf.example.org:7400", "\"https://hf.example.org:7400\"", "consoleAddress")]
    public void One_setting_is_changed_and_the_others_stay(string assignment, string wanted, string part)
    {
        var changed = SettingsEdit.Set(Settings, assignment);

        Assert.Equal(wanted, changed[part]!.ToJsonString());
        Assert.Equal("1", (string?)changed["revision"]);
        Assert.Equal(90, (int?)Settings["history"]!["eventsDays"]);
    }

    [Theory]
    [InlineData("history.eventDays=30", "did you mean 'history.eventsDays'")]
    [InlineData("history.eventsDays=long", "is a number")]
    [InlineData("secondPerson.all=perhaps", "is true or false")]
    [InlineData("revision=2", "there is no setting")]
    [InlineData("history=30", "there is no setting")]
    [InlineData("history.eventsDays", "sets nothing")]
    public void What_cannot_be_set_is_refused_with_its_name(string assignment, string said) => Assert.Contains(said, Assert.Throws<UsageException>(() => SettingsEdit.Set(Settings, assignment)).Message, StringComparison.Ordinal);
}
