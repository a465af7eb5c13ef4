namespace Holdfast.Protection.Databases;

/// <summary>Finds a user of this machine by name.</summary>
internal static class AccountLookup
{
    /// <summary>The user's numbers; null when there is none of that name.</summary>
    public static FileOwner? Find(string user)
    {
        if (user.Length == 0) return null;
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length > 3 && fields[0] == user && uint.TryParse(fields[2], out var uid) && uint.TryParse(fields[3], out var gid)) return new(uid, gid);
        }

        return null;
    }
}
