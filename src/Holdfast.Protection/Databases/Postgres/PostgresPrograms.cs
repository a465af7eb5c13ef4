namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Where the programs of a version are.</summary>
internal static class PostgresPrograms
{
    /// <summary>The folder of a major version's programs.</summary>
    /// <param name="major">Such as <c>15</c>: a data folder can be used only by its own version.</param>
    /// <param name="named">The folder that somebody named, or null.</param>
    /// <exception cref="HoldfastException"><c>database.programs-missing</c></exception>
    public static string Find(string major, string? named) => TryFind(major, named)
        ?? throw new HoldfastException(ErrorKind.Unavailable, "database.programs-missing", $"The programs of PostgreSQL {major} are not in {string.Join(" or ", Folders(major, named))}.", "Install that version, or name their folder with --programs.");

    /// <summary>The folder of a major version's programs, or null.</summary>
    public static string? TryFind(string major, string? named) => Folders(major, named).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")));

    private static string[] Folders(string major, string? named) => named is not null ? [named]
        : [$"/usr/lib/postgresql/{major}/bin", $"/usr/pgsql-{major}/bin", $"/usr/lib/postgresql{major}/bin", $"/opt/postgresql/{major}/bin", "/usr/local/pgsql/bin"];

    /// <summary>The major version that a data folder belongs to.</summary>
    /// <exception cref="HoldfastException"><c>database.folder-missing</c></exception>
    public static string MajorOf(string dataFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(dataFolder, "PG_VERSION")).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.NotFound, "database.folder-missing", $"'{dataFolder}' is no data folder of PostgreSQL: {missing.Message}", "Name the folder that has PG_VERSION in it.", missing);
        }
    }
}
