using System.Diagnostics;

namespace Holdfast.Protection.Tests.Trees;

/// <summary>Runs the tools that tests need.</summary>
internal static class Commands
{
    public static string Run(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null, int expected = 0)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == expected, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}{output}");
        return output;
    }

    public static void Shell(string script, string folder) => 
        Run("/bin/bash", ["-e", "-c", script], folder, new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" });
}
