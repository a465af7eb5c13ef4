using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Holdfast.Bench.Vault;

/// <summary>What one run of a program cost.</summary>
/// <param name="Wall">Seconds from start to end.</param>
/// <param name="Cpu">Seconds of processor time, user and system, with its children.</param>
/// <param name="PeakMegabytes">The most memory that was resident, of the largest of its processes.</param>
internal sealed partial record Cost(double Wall, double Cpu, double PeakMegabytes)
{
    private const int Children = -1;

    /// <summary>Runs a program, measured by a process of its own: the kernel sums up children for good.</summary>
    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static Cost Of(IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], "child", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var line = process.StandardOutput.ReadToEnd().Trim().Split('\n')[^1];
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {process.ExitCode}: {errors.Result.Trim()} {line}");
        var parts = line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return new(parts[0], parts[1], parts[2]);
    }

    /// <summary>What <see cref="Of"/> starts: runs the program, prints what it cost.</summary>
    public static int Child(IReadOnlyList<string> command)
    {
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!;
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        var wall = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (getrusage(Children, out var usage) != 0) return 1;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wall:0.000} {usage.Seconds:0.000} {usage.MaxResidentKilobytes / 1024.0:0.0}"));
        return process.ExitCode;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, out Usage usage);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Usage
    {
        private long _userSeconds, _userMicroseconds, _systemSeconds, _systemMicroseconds;
        public long MaxResidentKilobytes;
        private fixed long _rest[13];

        public readonly double Seconds => _userSeconds + _systemSeconds + ((_userMicroseconds + _systemMicroseconds) / 1e6);
    }
}
