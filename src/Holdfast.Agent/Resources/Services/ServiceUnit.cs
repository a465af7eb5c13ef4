using System.Text.RegularExpressions;
using Holdfast.Agent.Resources.Processes;

namespace Holdfast.Agent.Resources.Services;

/// <summary>A service of systemd as this machine knows it. Only looks.</summary>
/// <param name="LoadState"><c>loaded</c>, <c>not-found</c>, <c>masked</c> …</param>
/// <param name="ActiveState"><c>active</c>, <c>inactive</c>, <c>failed</c>, <c>activating</c> …</param>
/// <param name="Result">How it last ended: <c>success</c>, <c>exit-code</c>, <c>signal</c> …</param>
/// <param name="FileState">Whether it is started at boot: <c>enabled</c>, <c>disabled</c>, <c>static</c> …</param>
/// <param name="Slice">The slice that its control group is in.</param>
internal sealed partial record ServiceUnit(string LoadState, string ActiveState, string Result, string FileState, string Slice)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Gets whether it is started at boot without anybody asking.</summary>
    public bool StartsByItself => FileState is "enabled" or "enabled-runtime";

    /// <summary>Whether systemd runs this machine.</summary>
    public static bool IsManagerHere => Directory.Exists("/run/systemd/system");

    /// <summary>The full name; null when it is not that of a service. No '%', '\' or '/': it stands in paths and in unit files.</summary>
    public static string? NameOf(string text) =>
        Form().IsMatch(text) && !text.Split('@')[0].Contains('.', StringComparison.Ordinal) ? text + ".service" : Form().IsMatch(text) && text.EndsWith(".service", StringComparison.Ordinal) ? text : null;

    /// <summary>Its control group below the root: a slice <c>a-b.slice</c> lies in <c>a.slice</c>.</summary>
    public static string ControlGroupOf(string name, string slice)
    {
        var parts = slice is "" or "-.slice" ? [] : slice[..^".slice".Length].Split('-');
        var folders = parts.Select((_, index) => $"/{string.Join('-', parts[..(index + 1)])}.slice");
        return $"{string.Concat(folders)}/{name}";
    }

    /// <summary>Asks systemd; null when it does not answer.</summary>
    public static async Task<ServiceUnit?> FindAsync(string name, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await Tool.RunAsync("systemctl", ["--no-ask-password", "show", "--property=LoadState,ActiveState,Result,UnitFileState,Slice", name], Limit, time, cancellationToken) is not { ExitCode: 0 } answer) return null;
        var values = answer.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        string Of(string key) => values.GetValueOrDefault(key, "");
        return new(Of("LoadState"), Of("ActiveState"), Of("Result"), Of("UnitFileState"), Of("Slice"));
    }

    [GeneratedRegex(@"^[A-Za-z0-9:_.@-]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
