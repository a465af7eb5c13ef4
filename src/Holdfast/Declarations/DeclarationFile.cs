using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Declarations;

/// <summary>A declaration as text, from a file or from standard input.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Text">The YAML.</param>
internal sealed record DeclarationFile(string Name, string Text)
{
    // Far above any real cluster's; a wrong file name must not read a disk into memory.
    private const long LargestBytes = 4 << 20;

    /// <exception cref="HoldfastException">Code <c>file.*</c>.</exception>
    public static async Task<DeclarationFile> ReadAsync(Invocation run, string path, CancellationToken cancellationToken)
    {
        if (path == "-") return new DeclarationFile("standard input", await run.Surroundings.In.ReadToEndAsync(cancellationToken));

        try
        {
            if (Directory.Exists(path)) throw new HoldfastException(ErrorKind.Invalid, "file.is-folder", $"'{path}' is a folder.", "Name one file.");
            var file = new FileInfo(path);
            if (file.Exists && file.Length > LargestBytes) throw new HoldfastException(ErrorKind.Invalid, "file.too-large", $"'{path}' is larger than {LargestBytes >> 20} MiB.", "Is it a declaration?");
            return new DeclarationFile(path, await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HoldfastException(ErrorKind.NotFound, "file.not-found", $"There is no file '{path}'.");
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new HoldfastException(ErrorKind.Forbidden, "file.forbidden", $"You may not read '{path}'.", null, refused);
        }
    }
}
