namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>Finds the product that was built beside the tests.</summary>
internal static class Repository
{
    /// <summary>Gets the folder with Holdfast.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the folder with the published product.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public static string Product => Find("dist", "./build");

    /// <summary>Gets the folder with the product of the next record format.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public static string NextProduct => Find("artifacts/next", "./build --next");

    private static string Find(string folder, string command) =>
        Path.Combine(Root, folder) is var path && File.Exists(Path.Combine(path, "holdfast")) && File.Exists(Path.Combine(path, "holdfast-leash")) ? path
        : throw new InvalidOperationException($"There is no product in {path}: run {command} first.");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Holdfast.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No Holdfast.slnx above {AppContext.BaseDirectory}.");
    }
}
