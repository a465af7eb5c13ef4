namespace Holdfast.Leash.Tests.Running;

/// <summary>Appends measurements to the file named by HOLDFAST_TEST_REPORT, when there is one.</summary>
internal static class Report
{
    public static void Write(string line)
    {
        if (Environment.GetEnvironmentVariable("HOLDFAST_TEST_REPORT") is { } path) File.AppendAllText(path, line + "\n");
    }
}
