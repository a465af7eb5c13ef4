using Holdfast.Agent.Declarations;

namespace Holdfast.Management.Policies;

/// <summary>A declaration taken apart: its policies, which the management service takes, and everything else, which any node takes. In both, every line is where it was.</summary>
/// <param name="Policies">The policies; empty when there is none.</param>
/// <param name="Others">Roles, jobs and calendars; empty when there are none.</param>
public sealed record PolicyDocuments(string Policies, string Others)
{
    private const string Separator = "---";

    /// <summary>Whether there is a policy in a text. What cannot be read has none: whoever reads the rest says what is wrong with it.</summary>
    public static bool HasPolicy(string yaml) => yaml.Contains("Policy", StringComparison.Ordinal) && Of(yaml).Policies.Length > 0;

    /// <summary>Takes a declaration apart.</summary>
    public static PolicyDocuments Of(string yaml)
    {
        var lines = yaml.Split('\n');
        var isPolicy = new bool[lines.Length];
        var others = 0;
        foreach (var root in new YamlReading("declaration").Load(yaml).Select(document => document.RootNode))
        {
            if (!PolicyText.IsPolicy(root))
            {
                others += YamlReading.IsEmpty(root) ? 0 : 1;
                continue;
            }

            var first = (int)root.Start.Line - 1;
            isPolicy[first] = true;
            for (var line = first + 1; line < lines.Length && !IsEnd(lines[line]); line++) isPolicy[line] = true;
        }

        if (!isPolicy.Contains(true)) return new PolicyDocuments("", yaml);
        return new PolicyDocuments(Only(true), others == 0 ? "" : Only(false));

        string Only(bool policies) => string.Join('\n', lines.Select((line, index) => isPolicy[index] == policies ? line : line.StartsWith(Separator, StringComparison.Ordinal) ? Separator : ""));
    }

    private static bool IsEnd(string line) => line.StartsWith(Separator, StringComparison.Ordinal) || line.StartsWith("...", StringComparison.Ordinal);
}
