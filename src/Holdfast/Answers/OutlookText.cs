using Holdfast.Agent.Api;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Answers;

/// <summary>What would become of roles, as a table.</summary>
internal static class OutlookText
{
    public static TextTable Table(IEnumerable<RoleOutlook> roles)
    {
        var table = new TextTable("ROLE", "FROM", "TO", "WOULD", "TAKES", "WHY");
        foreach (var role in roles)
            table.Row(role.Role, Phrases.OrNothing(role.From), Phrases.OrNothing(role.To), role.Outcome[..^1], Phrases.Milliseconds(role.ExpectedMs), role.Reason);
        return table;
    }
}
