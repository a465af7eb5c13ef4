using System.Text;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Names;

/// <summary>The part of a hosts file that is ours: the network names of all roles. The rest of the file is nobody's business but its owner's.</summary>
internal static class HostsBlock
{
    private const string Begin = "# BEGIN holdfast: network names of roles. What is changed between these lines is lost.";
    private const string End = "# END holdfast";

    /// <summary>The lines for these roles, in a fixed order.</summary>
    public static IReadOnlyList<string> LinesOf(IEnumerable<RoleSpec> roles) =>
    [
        .. from role in roles.OrderBy(role => role.Name.Value, StringComparer.Ordinal)
           where !role.Deleting
           from name in role.Resources
           where name.Type == NetworkNameType.TypeName && name.Text("hosts") is not "no"
           from address in NetworkNameType.AddressesOf(role, name)
           let full = NetworkNameType.FullNameOf(name)
           let host = full.Split('.')[0]
           select host == full ? $"{address} {host}" : $"{address} {full} {host}",
    ];

    /// <summary>The file with our lines in it, or without any when there are none. Idempotent.</summary>
    public static string Apply(string file, IReadOnlyList<string> lines)
    {
        var kept = new List<string>();
        var inside = false;
        foreach (var line in file.Split('\n'))
        {
            if (line.TrimEnd() == Begin) inside = true;
            else if (inside && line.TrimEnd() == End) inside = false;
            else if (!inside) kept.Add(line);
        }

        if (lines.Count == 0 && kept.Count == file.Count(letter => letter == '\n') + 1) return file; // Nothing of ours is in it.
        if (inside) return file; // The end was lost: what belongs to whom cannot be told, and nothing of the owner's may be dropped.
        if (kept is [.., ""]) kept.RemoveAt(kept.Count - 1);
        if (lines.Count > 0) kept.AddRange([Begin, .. lines, End]);
        return new StringBuilder().AppendJoin('\n', kept).Append(kept.Count > 0 ? "\n" : "").ToString();
    }
}
