namespace Holdfast.Leash.Protocol;

/// <summary>
/// How the leash takes back what a unit's commands do outside of its namespace: one line each, as it stands in the revoke list
/// (leases rule 14). A unit that was given some is gone only when its processes are over <em>and</em> each of these is verified.
/// </summary>
public static class Revocations
{
    /// <summary>Removes the address, such as <c>10.0.0.5</c>, from whatever interface has it.</summary>
    public static string Address(string address) => $"address\t-\t{address}";

    /// <summary>Unmounts whatever is mounted at the path. Whoever gives this has made sure that nothing was mounted there before.</summary>
    public static string Mount(string target) => $"mount\t-\t{Escape(target)}";

    /// <summary>Removes a file.</summary>
    public static string File(string path) => $"file\t{Escape(path)}";

    /// <summary>Takes back the grant without which the service manager does not start the service, kills its control group and has it stopped.</summary>
    /// <param name="service">The unit of the service manager, such as <c>nginx.service</c>.</param>
    /// <param name="grant">The file that the unit asserts when it starts.</param>
    /// <param name="controlGroup">Its control group below the root of the hierarchy, such as <c>/system.slice/nginx.service</c>.</param>
    public static string Service(string service, string grant, string controlGroup) => $"service\t{Escape(service)}\t{Escape(grant)}\t{Escape(controlGroup)}";

    /// <summary>Runs a command until it exits with 0, once the unit's processes are over. It should take well below K.</summary>
    /// <param name="limit">How long one run may take; then it is killed and run again.</param>
    /// <param name="command">The command, looked up in PATH.</param>
    public static string Command(TimeSpan limit, IEnumerable<string> command) =>
        $"command\t{(long)limit.TotalMilliseconds}\t{string.Join('\t', command.Select(Escape))}";

    internal static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    internal static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length) plain.Append(text[i]);
            else plain.Append(text[++i] switch { 't' => '\t', 'n' => '\n', var other => other });
        }

        return plain.ToString();
    }
}
