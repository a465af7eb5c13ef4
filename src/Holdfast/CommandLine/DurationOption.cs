using System.CommandLine;
using Holdfast.Agent.Declarations;

namespace Holdfast.Cli.CommandLine;

/// <summary>An option whose value is a duration such as <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>.</summary>
internal sealed class DurationOption : Option<TimeSpan?>
{
    public DurationOption(string name, string help, TimeSpan otherwise)
        : base(name)
    {
        // Kept from the library as a default: its help would print it in .NET's own notation.
        Otherwise = otherwise;
        Description = $"{help} The default is {Durations.Format(otherwise)}.";
        HelpName = "TIME";
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Durations.TryParse(text, out var duration)) return duration;
            result.AddError($"{name}: {Durations.Complaint(text)}");
            return null;
        };
    }

    public TimeSpan Otherwise { get; }
}
