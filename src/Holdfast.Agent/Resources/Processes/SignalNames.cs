using System.Globalization;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>The signals that make sense for ending a service, by name.</summary>
internal static class SignalNames
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private static readonly Dictionary<string, int> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ABRT"] = 6, ["KILL"] = Kill, ["USR1"] = 10, ["USR2"] = 12, ["TERM"] = Terminate, ["WINCH"] = 28, ["PWR"] = 30,
    };

    public static IEnumerable<string> All => Numbers.Keys;

    /// <summary>Reads <c>INT</c>, <c>SIGINT</c> or <c>2</c>.</summary>
    public static bool TryParse(string text, out int number)
    {
        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        return Numbers.TryGetValue(name, out number)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 64);
    }
}
