using System.Globalization;
using System.Text;

namespace Holdfast.Lab.Linux;

/// <summary>Reads facts of processes. A process that is gone has none: every method then answers with nothing.</summary>
internal static class ProcFs
{
    private static readonly ulong OwnPids = NamespaceOf("self", "pid");

    internal static IEnumerable<int> ProcessIds()
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                yield return id;
            }
        }
    }

    /// <summary>The start of a process in clock ticks (hundredths of a second) since the machine started; null for one that is gone or a zombie.</summary>
    internal static ulong? StartTicks(int processId)
    {
        var fields = StatFields(processId);
        return fields is null || fields[0] is "Z" or "X" ? null : ulong.Parse(fields[19], CultureInfo.InvariantCulture);
    }

    internal static int? ParentId(int processId) =>
        StatFields(processId) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;

    internal static int? FirstChild(int processId)
    {
        var children = Text($"/proc/{processId}/task/{processId}/children");
        var first = children?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return first is null ? null : int.Parse(first, CultureInfo.InvariantCulture);
    }

    internal static string[] CommandLine(int processId) =>
        Text($"/proc/{processId}/cmdline") is { Length: > 0 } text ? text.TrimEnd('\0').Split('\0') : [];

    internal static Dictionary<string, string> Variables(int processId)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in (Text($"/proc/{processId}/environ") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables[entry[..equals]] = entry[(equals + 1)..];
            }
        }

        return variables;
    }

    internal static string? Variable(int processId, string name) => Variables(processId).GetValueOrDefault(name);

    /// <summary>
    /// The inode of the network namespace of a process that is on a host; 0 when it is gone or on none. An <c>nsenter</c>
    /// that waits for its child is in the host's network, but its PID namespace is the lab's own.
    /// </summary>
    internal static ulong HostNetworkOf(int processId)
    {
        var pids = NamespaceOf($"{processId}", "pid");
        return pids == 0 || pids == OwnPids ? 0 : NamespaceOf($"{processId}", "net");
    }

    /// <summary>The id of a process in the innermost PID namespace that it is in.</summary>
    internal static string? IdInOwnNamespace(int processId) =>
        Text($"/proc/{processId}/status")?.Split('\n').FirstOrDefault(line => line.StartsWith("NSpid:", StringComparison.Ordinal))?.Split('\t')[^1];

    private static ulong NamespaceOf(string process, string kind)
    {
        try
        {
            var link = new FileInfo($"/proc/{process}/ns/{kind}").LinkTarget; // net:[4026532001]
            return link is null ? 0 : ulong.Parse(link.AsSpan(kind.Length + 2, link.Length - kind.Length - 3), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    // The fields after the command's name, which may itself contain blanks and parentheses: 0 is the state, 1 the parent, 19 the start.
    private static string[]? StatFields(int processId)
    {
        var text = Text($"/proc/{processId}/stat");
        return text?[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    /// <summary>Reads a whole file; null when it is not there.</summary>
    internal static unsafe string? Text(string path)
    {
        using var file = Libc.TryOpen(path, Libc.ReadOnly, out _);
        if (file is null)
        {
            return null;
        }

        var content = new StringBuilder();
        var buffer = stackalloc byte[4096];
        while (true)
        {
            var count = Libc.read(file.Descriptor(), buffer, 4096);
            if (count <= 0)
            {
                return count < 0 ? null : content.ToString();
            }

            content.Append(Encoding.Latin1.GetString(buffer, (int)count));
        }
    }
}
