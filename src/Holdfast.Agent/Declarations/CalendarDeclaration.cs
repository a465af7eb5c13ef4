using Holdfast.Cluster.Calendars;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>Reads a calendar, a document with <c>kind: Calendar</c>.</summary>
internal static class CalendarDeclaration
{
    /// <summary>Whether a document is one.</summary>
    public static bool IsCalendar(YamlNode root) => root is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("kind"), out var kind) && kind is YamlScalarNode { Value: "Calendar" };

    /// <summary>Reads it; null when it has mistakes, which are reported.</summary>
    public static NamedCalendar? Read(YamlNode root, YamlReading reading)
    {
        if (YamlFields.Of(root, "", reading) is not { } fields) return null;
        fields.Take("kind");
        var calendar = new NamedCalendar
        {
            Name = fields.TakeText("name") ?? "", Days = [.. fields.TakeList("days").Select(item => item.Text)], Except = [.. fields.TakeList("except").Select(item => item.Text)],
        };
        fields.RefuseRest("calendar");
        var problems = calendar.Problems().ToList();
        foreach (var (field, message) in problems) reading.Report($"calendars.{calendar.Name}.{field}", message, root);
        return problems.Count == 0 ? calendar : null;
    }
}
