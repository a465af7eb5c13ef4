using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Protection.Native;

/// <summary>Runs a program of the system and reads what it says.</summary>
internal static class Tool
{
    /// <summary>What it printed.</summary>
    /// <exception cref="HoldfastException"><c>tool.missing</c>, <c>tool.failed</c> with its last words.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var (code, output, error) = await TryAsync(program, arguments, cancellationToken);
        return code == 0 ? output : throw new HoldfastException(ErrorKind.Unavailable, "tool.failed", $"'{program} {string.Join(' ', arguments)}' failed with {code}: {LastLine(error, output)}");
    }

    /// <summary>Its exit code and what it printed.</summary>
    /// <exception cref="HoldfastException"><c>tool.missing</c>.</exception>
    public static async Task<(int Code, string Output, string Error)> TryAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["LC_ALL"] = "C";
        // Administration tools are not in every user's PATH.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        using var process = Start(start);
        return await ToEndAsync(process, cancellationToken);
    }

    /// <summary>Lets a program that was started with all streams redirected come to its end; a cancellation kills it.</summary>
    public static async Task<(int Code, string Output, string Error)> ToEndAsync(Process process, CancellationToken cancellationToken)
    {
        process.StandardInput.Close();
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        foreach (var folder in (string[])["", "/usr/sbin/", "/sbin/"])
        {
            try
            {
                start.FileName = folder + Path.GetFileName(start.FileName);
                return Process.Start(start)!;
            }
            catch (Win32Exception missing) when (missing.NativeErrorCode == 2)
            {
            }
        }

        var name = Path.GetFileName(start.FileName);
        throw new HoldfastException(ErrorKind.Unavailable, "tool.missing", $"There is no '{name}' on this machine.", $"Install the package that has {name}.");
    }

    private static string LastLine(params string[] texts) =>
        texts.SelectMany(text => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(1)).FirstOrDefault() ?? "it said nothing";
}
