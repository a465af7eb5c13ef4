using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources;

/// <summary>
/// Tells whether what the leash holds is what the declaration wants: the tag of a unit. Only what needs a restart to
/// take effect is in it, so a changed probe or time limit does not disturb a running service.
/// </summary>
internal static class ResourceDigest
{
    public static string Of(IResourceType type, ResourceSpec resource)
    {
        // Every text is written with its length, so that no two declarations have the same canonical form.
        var text = new StringBuilder();
        Add(text, type.Name);
        Add(text, resource.RestartRequests.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (name, value) in resource.Properties)
        {
            if (type.Properties.FirstOrDefault(rule => rule.Name == name) is not { InPlace: false }) continue;

            Add(text, name);
            if (value.Text is { } single) Add(text.Append('t'), single);
            foreach (var item in value.Items ?? []) Add(text.Append('i'), item);
            foreach (var (key, entry) in value.Entries ?? ImmutableSortedDictionary<string, string>.Empty) Add(Add(text.Append('e'), key), entry);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 12));
    }

    private static StringBuilder Add(StringBuilder text, string value) => text.Append(value.Length).Append(':').Append(value);
}
