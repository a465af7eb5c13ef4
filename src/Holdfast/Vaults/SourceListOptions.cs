using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Protection.Sources;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary>The options that name files with lists of what is to be backed up, as restic has them.</summary>
internal sealed class SourceListOptions
{
    private const string StandardInput = "-";

    private readonly Option<string[]> _patterns = Arguments.Repeated("--files-from", "Back up what fits the patterns in a file, one a line; - is standard input.", "FILE");
    private readonly Option<string[]> _verbatim = Arguments.Repeated("--files-from-verbatim", "Back up the names in a file, one a line, as they stand there.", "FILE");
    private readonly Option<string[]> _raw = Arguments.Repeated("--files-from-raw", "Back up the names in a file, each with a zero byte at its end (find -print0).", "FILE");

    public IReadOnlyList<Option> All => [_patterns, _verbatim, _raw];

    public bool AreIn(Invocation run) => All.Any(run.Has);

    /// <summary>What the lists name, and after it what the command line does.</summary>
    /// <exception cref="HoldfastException"><c>usage.stdin-twice</c>, <c>source-list.*</c>.</exception>
    public IReadOnlyList<string> Read(Invocation run, IReadOnlyList<string> named, Action<string> onWarning)
    {
        if (!AreIn(run)) return named;
        if (((string[])[.. run.Get(_patterns), .. run.Get(_verbatim), .. run.Get(_raw)]).Count(file => file == StandardInput) > 1)
        {
            throw new UsageException("stdin-twice", "Standard input (-) can be one list only.", "Put the other lists into files.");
        }

        List<string> paths = [];
        foreach (var file in run.Get(_patterns)) paths.AddRange(SourceList.Expand(Content(run, file), file, pattern => onWarning($"Nothing fits '{ByteText.ToPrintable(pattern)}', a line of '{file}'.")));
        foreach (var file in run.Get(_verbatim)) paths.AddRange(SourceList.Verbatim(Content(run, file), file));
        foreach (var file in run.Get(_raw)) paths.AddRange(SourceList.Raw(Content(run, file), file));
        paths.AddRange(named);
        return paths.Count > 0 ? paths : throw new HoldfastException(ErrorKind.Invalid, "backup.no-sources", "The lists name nothing that is there.", "See what wrote them.");
    }

    private static byte[] Content(Invocation run, string file)
    {
        try
        {
            if (file != StandardInput) return File.ReadAllBytes(file);
            using var input = run.Surroundings.OpenInput();
            using var content = new MemoryStream();
            input.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "source-list.file", $"The list of files '{file}' cannot be read: {refused.Message}", "Name a file that can be read, or - for standard input.", refused);
        }
    }
}
