using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;

namespace Holdfast.Management.People;

/// <summary>Who becomes an administrator while acts need a second person: pure.</summary>
internal static class AdminRules
{
    /// <summary>
    /// Whether a change of a person makes an administrator. Nobody gets there with a password that somebody else knows: who asked, or who approved, could be both of the two
    /// people.
    /// </summary>
    /// <param name="known">The person; null when there is nobody of that name yet.</param>
    /// <exception cref="HoldfastException">Codes <c>person.password-of-another</c>, <c>person.password-not-chosen</c>.</exception>
    public static bool Makes(string name, PersonRecord? known, PersonPut put, Person by)
    {
        var (was, sets) = (known is { Level: AccessLevel.Admin, Disabled: false }, put.Password is not null || put.OneTimePassword);
        var will = (put.Level ?? known?.Level ?? AccessLevel.Viewer) == AccessLevel.Admin && !(put.Disabled ?? known?.Disabled ?? false);
        if (!will) return false;
        if (was && sets && by.Principal != name)
            throw new HoldfastException(ErrorKind.Conflict, "person.password-of-another", $"While acts need a second person, nobody sets the password of {name}, who is an administrator.", $"Make {name} an operator with a one-time password; once {name} has chosen another, make them an administrator again, which a second person approves.");
        if (!was && (sets || known is null or { OneTime: true } || (known.PasswordBy is { } chosenBy && chosenBy != name)))
            throw new HoldfastException(ErrorKind.Conflict, "person.password-not-chosen", $"While acts need a second person, {name} becomes an administrator only with a password of their own choice.", $"Make {name} a viewer with a one-time password; once {name} has signed in with it, make them an administrator.");
        return !was;
    }
}
