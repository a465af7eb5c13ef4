using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab;

/// <summary>
/// Names everything of one lab that outlives a process: <c>hf</c>, the process id, its start time, and a number for the
/// lab in that process. From the name alone anybody can tell whether its lab still lives.
/// </summary>
internal sealed partial record LabIdentity(int ProcessId, ulong StartTicks, int Number)
{
    private static int _last;

    public static LabIdentity Mint() => new(Environment.ProcessId, ProcFs.StartTicks(Environment.ProcessId) ?? 0, Interlocked.Increment(ref _last));

    /// <summary>Gets whether the process that made this lab still lives.</summary>
    public bool IsAlive => ProcFs.StartTicks(ProcessId) == StartTicks;

    /// <summary>Finds the identity that a name begins with; null when it is not a lab's.</summary>
    public static LabIdentity? TryParse(string name) =>
        Pattern().Match(name) is { Success: true } match
            ? new LabIdentity(
                int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                ulong.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    public override string ToString() => $"hf{ProcessId}-{StartTicks}-{Number}";

    [GeneratedRegex(@"^hf([0-9]{1,9})-([0-9]{1,19})-([0-9]{1,9})(?![0-9])")]
    private static partial Regex Pattern();
}
