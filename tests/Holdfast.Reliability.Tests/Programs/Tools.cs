using System.Runtime.InteropServices;

namespace Holdfast.Reliability.Tests.Programs;

/// <summary>The two programs: ours, built beside the tests (or HOLDFAST_PROGRAM, say the published one), and restic.</summary>
internal static class Tools
{
    public const string Password = "secret";

    private static readonly string DotnetRoot = Directory.GetParent(RuntimeEnvironment.GetRuntimeDirectory())!.Parent!.Parent!.Parent!.FullName;
    private static readonly string[] Program = Environment.GetEnvironmentVariable("HOLDFAST_PROGRAM") is { Length: > 0 } path
        ? [path]
        : [Path.Combine(DotnetRoot, "dotnet"), Path.Combine(AppContext.BaseDirectory, "holdfast.dll")];

    private static readonly Dictionary<string, string> HoldfastEnvironment = new()
    {
        ["HOLDFAST_PASSWORD"] = Password,
        ["HOLDFAST_PASSWORD_FILE"] = "",
        ["DOTNET_ROOT"] = DotnetRoot,
        ["DOTNET_TieredPGO"] = "0", // Processes that live for a second.
    };

    public static RunningProgram StartHoldfast(params string[] arguments) => new(Program[0], [.. Program[1..], .. arguments], HoldfastEnvironment);

    public static async Task<Ended> HoldfastAsync(params string[] arguments)
    {
        using var program = StartHoldfast(arguments);
        return await program.EndAsync();
    }

    /// <summary>Runs ours with another password.</summary>
    public static async Task<Ended> HoldfastWithAsync(string password, params string[] arguments)
    {
        using var program = new RunningProgram(Program[0], [.. Program[1..], .. arguments], new Dictionary<string, string>(HoldfastEnvironment) { ["HOLDFAST_PASSWORD"] = password });
        return await program.EndAsync();
    }

    /// <summary>Runs ours and expects that it succeeds.</summary>
    public static async Task<string> SucceedAsync(params string[] arguments)
    {
        var ended = await HoldfastAsync(arguments);
        Assert.True(ended.Exit == 0, $"holdfast {string.Join(' ', arguments)}: {ended}");
        return ended.Output;
    }

    /// <summary>Runs restic and expects that it succeeds. Without a lock: those that a killed process left must stay for the next run of ours to find.</summary>
    public static async Task<string> ResticAsync(string vault, params string[] arguments)
    {
        string[] all = ["--no-cache", "--no-lock", "-r", vault, .. arguments];
        using var program = new RunningProgram("/usr/bin/restic", all, new Dictionary<string, string> { ["RESTIC_PASSWORD"] = Password, ["TMPDIR"] = Path.GetTempPath() });
        var ended = await program.EndAsync();
        Assert.True(ended.Exit == 0, $"restic {string.Join(' ', arguments)}: {ended}");
        return ended.Output;
    }
}
