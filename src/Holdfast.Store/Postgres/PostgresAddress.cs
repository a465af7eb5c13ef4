using System.Globalization;
using Holdfast.Cluster;
using Npgsql;

namespace Holdfast.Store.Postgres;

/// <summary>
/// Where a shared database is: <c>postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?sslmode=verify-full&amp;sslrootcert=FILE</c>, as
/// PostgreSQL's own programs take it. With several hosts the first that takes writes is used.
/// </summary>
public sealed record PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    private PostgresAddress(string text, NpgsqlConnectionStringBuilder connection) => (Text, Connection) = (text, connection);

    /// <summary>Gets the address as it was given; it may hold a password.</summary>
    public string Text { get; }

    /// <summary>Gets the address without its password, for people.</summary>
    public string Spoken => $"postgres://{Connection.Username}@{Connection.Host}/{Connection.Database}";

    /// <summary>Gets what Npgsql connects with, all hosts and the password included.</summary>
    public string ConnectionString => Connection.ConnectionString;

    /// <summary>Gets the hosts, with their ports where they were given.</summary>
    internal string[] Hosts => Connection.Host!.Split(',');

    internal NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>Reads an address.</summary>
    /// <exception cref="HoldfastException">Code <c>store.address-invalid</c>.</exception>
    public static PostgresAddress Parse(string text)
    {
        text = text.Trim();
        if (Schemes.FirstOrDefault(scheme => text.StartsWith(scheme, StringComparison.Ordinal)) is not { } scheme) throw Invalid("it does not begin with postgres://");
        var (rest, query) = Cut(text[scheme.Length..], '?');
        var slash = rest.LastIndexOf('/');
        if (slash < 0 || slash == rest.Length - 1) throw Invalid("it names no database");
        var (authority, database) = (rest[..slash], Uri.UnescapeDataString(rest[(slash + 1)..]));
        var at = authority.LastIndexOf('@');
        if (at < 0 || at == authority.Length - 1) throw Invalid(at < 0 ? "it names no user" : "it names no host");
        var (user, password) = Cut(authority[..at], ':');
        if (user.Length == 0) throw Invalid("it names no user");
        var connection = new NpgsqlConnectionStringBuilder { Host = CheckedHosts(authority[(at + 1)..]), Database = database, Username = Uri.UnescapeDataString(user) };
        if (password is not null) connection.Password = Uri.UnescapeDataString(password);
        foreach (var option in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries)) Set(connection, option);
        return new(text, connection);
    }

    /// <inheritdoc/>
    public override string ToString() => Spoken;

    private static string CheckedHosts(string hosts)
    {
        foreach (var host in hosts.Split(','))
        {
            var colon = host.LastIndexOf(':');
            var named = colon < 0 || host.EndsWith(']') ? host : host[..colon];
            if (named.Length == 0 || named is "[]") throw Invalid("it names no host");
            if (named != host && !(int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536)) throw Invalid($"'{host[(colon + 1)..]}' is no port");
        }

        return hosts;
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string option)
    {
        var (name, value) = Cut(option, '=');
        value = Uri.UnescapeDataString(value ?? "");
        switch (name)
        {
            case "sslmode": connection.SslMode = Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) ? mode : throw Invalid($"'{value}' is no sslmode"); break;
            case "sslrootcert": connection.RootCertificate = value; break;
            case "sslcert": connection.SslCertificate = value; break;
            case "sslkey": connection.SslKey = value; break;
            default: throw Invalid($"'{name}' is not one of its options: sslmode, sslrootcert, sslcert, sslkey");
        }
    }

    private static (string Before, string? After) Cut(string text, char at) => text.IndexOf(at, StringComparison.Ordinal) is var found and >= 0 ? (text[..found], text[(found + 1)..]) : (text, null);

    private static HoldfastException Invalid(string why) =>
        new(ErrorKind.Invalid, "store.address-invalid", $"The address of the database cannot be used: {why}.", "For example: postgres://holdfast:PASSWORD@db.example:5432/holdfast");
}
