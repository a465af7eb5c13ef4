using System.Globalization;

namespace Holdfast.Agent.Api;

/// <summary>A database that is restored from a vault, and to which point: at most one of <paramref name="Time"/>, <paramref name="Lsn"/>, <paramref name="Transaction"/> and
/// <paramref name="Immediate"/>; none of them for the latest that the vault has.</summary>
/// <param name="Name">What the server is called in the vault.</param>
/// <param name="Id">Its identifier; needed when several had the name.</param>
/// <param name="Time">As it was then.</param>
/// <param name="Lsn">As it was at a place in the log, such as <c>16/B374D848</c>.</param>
/// <param name="Transaction">As it was right after a transaction.</param>
/// <param name="Immediate">As it was at the end of the base backup.</param>
/// <param name="Timeline">The timeline to follow; null for the newest.</param>
/// <param name="Base">The base backup to begin with; null for the newest before the point.</param>
/// <param name="Only">The one database of that server to write as a dump, from a server that runs for a while on a copy; null for the server's whole data folder.</param>
/// <param name="Tables">Of a dump: only these tables; all when it is empty.</param>
public sealed record DatabaseWanted(
    string Name, string? Id = null, DateTimeOffset? Time = null, string? Lsn = null, ulong? Transaction = null, bool Immediate = false, uint? Timeline = null, string? Base = null,
    string? Only = null, IReadOnlyList<string>? Tables = null)
{
    /// <summary>The product's own command that restores it, but for how its vault is opened and for <see cref="Names"/>, which come after it.</summary>
    /// <param name="target">The folder, or of a dump the file, that it becomes.</param>
    public IReadOnlyList<string> Command(string target) =>
    [
        "database", .. Only is null ? (string[])["restore", "--target", target] : ["dump", "--output", target],
        .. Given("--id", Id), .. Given("--target-time", Time?.ToString("O", CultureInfo.InvariantCulture)), .. Given("--target-lsn", Lsn),
        .. Given("--target-xid", Transaction?.ToString(CultureInfo.InvariantCulture)), .. Immediate ? (string[])["--immediate"] : [],
        .. Given("--timeline", Timeline?.ToString(CultureInfo.InvariantCulture)), .. Given("--base", Base), .. (Tables ?? []).SelectMany(table => Given("--table", table)),
    ];

    /// <summary>The end of that command.</summary>
    public IReadOnlyList<string> Names() => Only is null ? ["--", Name] : ["--", Name, Only];

    /// <summary>Why it cannot be meant, as a field and a sentence; null when it can.</summary>
    public (string Field, string Reason)? WhyNot() =>
        string.IsNullOrEmpty(Name) ? ("name", "is missing.")
        : (Time is null ? 0 : 1) + (Lsn is null ? 0 : 1) + (Transaction is null ? 0 : 1) + (Immediate ? 1 : 0) > 1 ? ("time", "is one of several points: name one of time, lsn, transaction and immediate.")
        : Only is { Length: 0 } ? ("only", "is empty: name a database, or leave it out for all of them.")
        : Only is null && Tables is { Count: > 0 } ? ("tables", "are named without the database that has them: name it as only.")
        : null;

    // As one word: what begins with a dash is still the value.
    private static string[] Given(string option, string? value) => value is null ? [] : [$"{option}={value}"];
}
