using System.Diagnostics;
using Holdfast.Management.Tests.Service;

namespace Holdfast.Console.Tests;

/// <summary>What the console decides, apart from any browser: its own tests, and its types.</summary>
public sealed class ScriptTests
{
    [ConsoleTheory]
    [InlineData("check")]
    [InlineData("test")]
    public async Task Its_types_and_its_own_tests_hold(string script)
    {
        var start = new ProcessStartInfo("npm", ["run", "--silent", script]) { WorkingDirectory = Path.Combine(DevService.Root(), "src", "console"), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["npm_config_update_notifier"] = "false";
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"{await output}\n{await error}");
    }
}
