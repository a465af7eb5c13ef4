using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Holdfast.Protection.Native;

namespace Holdfast.Protection.Databases;

/// <summary>A database's own programs, run as the owner of its files: so that its usual rules for local connections hold, and because a server refuses to run as root.</summary>
internal static class DatabaseProgram
{
    /// <summary>What starts a program.</summary>
    public static ProcessStartInfo Start(FileOwner owner, string program, IEnumerable<string> arguments)
    {
        var switches = FileOwner.Self.User == 0 && owner.User != 0;
        var start = switches
            ? new ProcessStartInfo("setpriv", [
                string.Create(CultureInfo.InvariantCulture, $"--reuid={owner.User}"), string.Create(CultureInfo.InvariantCulture, $"--regid={owner.Group}"),
                "--clear-groups", "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"; // Servers are not in every user's.
        if (switches) start.Environment.Remove("HOME"); // root's password file is not theirs to read.
        // What is set for this process must not lead its programs to another server.
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToList()) start.Environment.Remove(variable);
        return start;
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="HoldfastException"><c>tool.missing</c>, or the code given with its last words.</exception>
    public static async Task<string> RunAsync(FileOwner owner, string program, IEnumerable<string> arguments, string failureCode, CancellationToken cancellationToken)
    {
        var (exit, output, error) = await TryAsync(owner, program, arguments, cancellationToken);
        return exit == 0 ? output : throw new HoldfastException(ErrorKind.Unavailable, failureCode, $"'{Path.GetFileName(program)}' ended with {exit}: {LastLines(error, output)}");
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Exit, string Output, string Error)> TryAsync(FileOwner owner, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Launch(Start(owner, program, arguments));
        return await Tool.ToEndAsync(process, cancellationToken);
    }

    /// <summary>Runs a program whose output becomes a file, written by this process: the folder need not be open to the program's user. On failure there is no file.</summary>
    /// <exception cref="HoldfastException"><c>file.exists</c>, <c>tool.missing</c>, or the code given with its last words.</exception>
    public static async Task WriteAsync(FileOwner owner, string program, IEnumerable<string> arguments, string output, string failureCode, CancellationToken cancellationToken)
    {
        if (File.Exists(output) || Directory.Exists(output)) throw DatabaseErrors.FileExists(output);
        using var process = Launch(Start(owner, program, arguments));
        process.StandardInput.Close();
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await using (var file = new FileStream(output, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                await process.StandardOutput.BaseStream.CopyToAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new HoldfastException(ErrorKind.Conflict, failureCode, $"'{Path.GetFileName(program)}' ended with {process.ExitCode}: {LastLines(await error)}", "See that databases and tables are named as they were then.");
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            File.Delete(output); // Half of it would look like the whole.
            throw;
        }
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="HoldfastException"><c>tool.missing</c></exception>
    public static Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing) when (missing.NativeErrorCode is 2 or 13)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "tool.missing", $"'{start.FileName}' cannot be run: {missing.Message}", "Install the package that has it, or name its folder with --programs.", missing);
        }
    }

    /// <summary>The last lines of what a program said, on one.</summary>
    public static string LastLines(params string[] texts) =>
        texts.Select(text => string.Join(" / ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(3))).FirstOrDefault(text => text.Length > 0) ?? "it said nothing";
}
