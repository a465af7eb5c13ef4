using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Machine;

/// <summary>What <c>holdfast --version --json</c> prints.</summary>
internal sealed record VersionInfo(string Version, string? Commit, string Runtime, string System, IReadOnlyList<MissingPiece> Missing);

/// <summary>Something this machine lacks.</summary>
internal sealed record MissingPiece(string Name, string Package, string For, bool Required);

/// <summary><c>holdfast --version</c></summary>
internal static class VersionReport
{
    public static Option<bool> Option { get; } = new("--version") { Description = "Show the version, and what this machine lacks." };

    public static VersionInfo Of(Func<string, string?> environment)
    {
        // The SDK appends "+commit" when it builds inside a repository.
        var parts = (typeof(VersionReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);
        return new VersionInfo(
            parts[0],
            parts.Length > 1 ? parts[1] : null,
            RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}",
            [.. Prerequisites.Missing(environment).Select(p => new MissingPiece(p.Name, p.Package, p.For, p.Need != Need.ForSome))]);
    }

    public static void Write(Invocation run) => run.Report.Result(Of(run.Surroundings.Environment), NodeApiJson.Printed.VersionInfo, info =>
    {
        run.Report.Line($"holdfast {info.Version}{(info.Commit is null ? "" : $" (commit {info.Commit[..Math.Min(12, info.Commit.Length)]})")}");
        run.Report.Line($"{info.Runtime} on {info.System}");
        if (info.Missing.Count == 0) run.Report.Line("All native libraries and tools are here.");
        foreach (var piece in info.Missing) run.Report.Line($"missing: {piece.Name}, for {piece.For}: apt-get install {piece.Package}");
    });
}
