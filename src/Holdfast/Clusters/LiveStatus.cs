using Holdfast.Agent.Api;
using Holdfast.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Holdfast.Cli.Clusters;

/// <summary>The state of a cluster as a picture that is redrawn at every change.</summary>
internal static class LiveStatus
{
    private const int ChangesShown = 8;

    public static Task DrawAsync(Report report, TimeProvider time, IAsyncEnumerable<ClusterStatus> states)
    {
        var console = SpectreConsole.For(report);
        return console.Live(new Markup("Connecting…")).StartAsync(async screen =>
        {
            var changes = new List<string>();
            ClusterStatus? before = null;
            await foreach (var now in states)
            {
                if (before is not null) changes.AddRange(StatusChanges.Between(before, now).Select(change => $"{Phrases.Moment(time.GetLocalNow())}  {change}"));
                if (changes.Count > ChangesShown) changes.RemoveRange(0, changes.Count - ChangesShown);
                screen.UpdateTarget(Picture(now, changes));
                before = now;
            }
        });
    }

    private static Rows Picture(ClusterStatus status, IReadOnlyList<string> changes)
    {
        var parts = new List<IRenderable>
        {
            new Markup($"[bold]{Markup.Escape(status.Name)}[/]  store {State(status.Store)}  profile {Markup.Escape(status.Profile)}  [dim]revision {status.Revision}, as {Markup.Escape(status.AnsweredBy)} sees it; Ctrl-C ends[/]"),
            Nodes(status.Nodes),
            Roles(status.Roles),
        };
        parts.AddRange(status.Warnings.Select(warning => new Markup($"[yellow]![/] {Markup.Escape(warning)}")));
        parts.AddRange(changes.Select(change => new Markup($"[dim]{Markup.Escape(change)}[/]")));
        return new Rows(parts);
    }

    private static Table Nodes(IEnumerable<NodeStatus> nodes)
    {
        var table = Plain("NODE", "STATE", "STORE", "RENEWED", "ROLES");
        foreach (var node in nodes)
        {
            table.AddRow(Markup.Escape(Phrases.NameOf(node)), State(Phrases.StateOf(node)), Phrases.VoteOf(node), Phrases.Milliseconds(node.LeaseAgeMs), Markup.Escape(Phrases.OrNothing(string.Join(", ", node.Roles))));
        }
        return table;
    }

    private static Table Roles(IEnumerable<RoleSummary> roles)
    {
        var table = Plain("ROLE", "STATE", "OWNER", "EPOCH", "WHY");
        foreach (var role in roles)
        {
            table.AddRow(Markup.Escape(role.Name), State(role.State), Markup.Escape(Phrases.OrNothing(role.Owner)), role.Epoch, Markup.Escape(role.Reason));
        }
        return table;
    }

    private static Table Plain(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Simple, Expand = true };
        foreach (var heading in headings) table.AddColumn(new TableColumn($"[bold]{heading}[/]"));
        return table;
    }

    private static string State(string word) => Palette.MeaningOf(word) switch
    {
        Meaning.Good => $"[green]{Markup.Escape(word)}[/]",
        Meaning.Bad => $"[red]{Markup.Escape(word)}[/]",
        Meaning.Changing => $"[yellow]{Markup.Escape(word)}[/]",
        _ => Markup.Escape(word),
    };
}
