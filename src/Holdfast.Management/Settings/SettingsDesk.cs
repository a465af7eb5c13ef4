using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Cluster;
using Holdfast.Management.Link;
using Holdfast.Management.People;

namespace Holdfast.Management.Settings;

/// <summary>The settings, kept in the cluster's store.</summary>
/// <param name="approversBeside">How many people there are who could approve what somebody asks for.</param>
internal sealed class SettingsDesk(Documents documents, Func<Person, int> approversBeside)
{
    private const string Document = "settings";

    /// <summary>Gets the settings as they are now.</summary>
    public ManagementSettings Current => documents.Find(Document, KeptSettingsJson.Default.ManagementSettings) ?? new();

    /// <summary>Gets the same with their revision, which takes longer.</summary>
    public ManagementSettings Numbered => WithRevision(Current);

    /// <summary>Sets them, all or nothing.</summary>
    /// <returns>What changed, one clause.</returns>
    /// <exception cref="HoldfastException">Codes <c>settings.invalid</c>, <c>settings.changed</c>, <c>settings.nobody-else</c>.</exception>
    public async Task<string> PutAsync(ManagementSettings asked, Person by, CancellationToken cancellationToken)
    {
        var difference = Require(asked, by);
        if (difference.Length == 0) return "Nothing changed.";
        await documents.ChangeAsync(Document, KeptSettingsJson.Default.ManagementSettings, present =>
        {
            RequireRevision(asked, present ?? new()); // Again, on what is there at that moment.
            return asked with { Revision = null };
        }, by.Did($"set settings: {difference}"), cancellationToken);
        return $"Set: {difference}.";
    }

    /// <summary>Refuses what could not be set.</summary>
    /// <returns>What would change.</returns>
    /// <exception cref="HoldfastException">As <see cref="PutAsync"/>.</exception>
    public string Require(ManagementSettings asked, Person by)
    {
        var (current, problems) = (Current, SettingsRules.Validate(asked));
        if (!problems.IsEmpty) throw new HoldfastException(ErrorKind.Invalid, "settings.invalid", string.Join('\n', problems.Select(problem => problem.ToString())), "Nothing was changed.");
        RequireRevision(asked, current);
        // Who is alone could neither do what needs another one, nor switch that off again.
        if (asked.SecondPerson.IsOn && !current.SecondPerson.IsOn && approversBeside(by) == 0)
            throw new HoldfastException(ErrorKind.Conflict, "settings.nobody-else", "secondPerson: nobody but you may do everything, so nobody could approve anything.", "Make somebody else an administrator first.");
        return SettingsText.Difference(current, asked);
    }

    private static void RequireRevision(ManagementSettings asked, ManagementSettings current)
    {
        if (asked.Revision is { } made && made != WithRevision(current).Revision)
            throw new HoldfastException(ErrorKind.Conflict, "settings.changed", "The settings were changed by somebody else since they were read.", "Read them again, and make the change of what they are now.");
    }

    private static ManagementSettings WithRevision(ManagementSettings settings) =>
        settings with { Revision = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(settings with { Revision = null }, KeptSettingsJson.Default.ManagementSettings)))[..16] };
}
