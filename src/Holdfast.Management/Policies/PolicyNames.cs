using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Management.Policies;

/// <summary>
/// The names of a policy's jobs. Each is made of nothing but the policy, the thing, the vault and the purpose, so it stays whatever else the policy comes to protect; a job keeps its ledger, and
/// its snapshots their chain, by it.
/// </summary>
internal static class PolicyNames
{
    private const int LongestSlug = 20;

    /// <summary>The name of a job.</summary>
    /// <param name="what">The thing's key, or what else it is about.</param>
    /// <param name="speaking">What people shall recognize it by.</param>
    /// <param name="purpose">Null for a backup.</param>
    public static string Of(string policy, string what, string vault, string speaking, string? purpose) =>
        $"{policy}-{Slug(speaking)}{Hash($"{what}\n{vault}")}{(purpose is null ? "" : $"-{purpose}")}";

    /// <summary>A number that is as good as chance, the same for the same text: to spread jobs over time.</summary>
    public static int Spread(string text, int below) => (int)(BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 4) % (uint)below);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));

    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter)) slug.Append(letter);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        // The end of a path says more than its start.
        var all = slug.ToString().Trim('-');
        var kept = (all.Length <= LongestSlug ? all : all[^LongestSlug..]).Trim('-');
        return kept.Length == 0 ? "" : $"{kept}-";
    }
}
