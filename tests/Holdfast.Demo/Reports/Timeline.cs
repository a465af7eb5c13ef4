using System.Globalization;
using Holdfast.Lab.Observation;
using Holdfast.Lab.Probing;
using Spectre.Console;

namespace Holdfast.Demo.Reports;

/// <summary>What happened around one fault, in order, for a person to read. Times are milliseconds since the fault.</summary>
internal sealed class Timeline(TimeSpan fault)
{
    private readonly List<(TimeSpan At, string Who, string What)> _lines = [];

    public void Add(TimeSpan at, string who, string what) => _lines.Add((at, who, what));

    /// <summary>Adds what the machine showed of roles: when a host began to hold something of one, and when nothing was left.</summary>
    public void AddFacts(IEnumerable<OwnershipInterval> facts)
    {
        foreach (var held in facts.GroupBy(fact => (fact.Role, fact.Host, fact.Kind, Name: fact.Kind == OwnershipKind.Process ? "" : fact.Name)))
        {
            var what = held.Key.Kind switch
            {
                OwnershipKind.Process => $"processes of {held.Key.Role}",
                OwnershipKind.Address => $"address {held.Key.Name} of {held.Key.Role}",
                _ => $"mount of disk {held.Key.Name} of {held.Key.Role}",
            };
            if (held.Min(fact => fact.From) is var from && from >= fault)
            {
                Add(from, held.Key.Host, $"{what}: there");
            }

            if (held.All(fact => fact.To is not null) && held.Max(fact => fact.To!.Value) is var to && to >= fault)
            {
                Add(to, held.Key.Host, $"{what}: gone");
            }
        }
    }

    public void AddOutage(string role, Outage outage)
    {
        Add(outage.LastGood.EndedAt, "client", $"last good answer of {role}");
        Add(outage.FirstGood.EndedAt, "client", $"{role} answers again");
    }

    public void Print(IAnsiConsole console)
    {
        foreach (var (at, who, what) in _lines.OrderBy(line => line.At))
        {
            var milliseconds = (at - fault).TotalMilliseconds.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
            var style = who == "client" ? "yellow" : "default";
            console.MarkupLine($"  [grey]{milliseconds,10}[/]  [{style}]{who,-7} {Markup.Escape(what)}[/]");
        }
    }
}
