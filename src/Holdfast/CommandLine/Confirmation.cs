using System.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>Asks a person before something that cannot be taken back. A script is not asked: it has nobody to answer.</summary>
internal static class Confirmation
{
    public static Option<bool> Option() => new("--yes", "-y") { Description = "Do not ask." };

    /// <exception cref="HoldfastException">Code <c>usage.declined</c>.</exception>
    public static void Ask(Invocation run, Option<bool> yes, string question)
    {
        if (run.Get(yes) || run.Json || !run.Surroundings.CanAsk) return;

        run.Surroundings.Out.Write(question + " [y/N] ");
        run.Surroundings.Out.Flush();
        if (run.Surroundings.In.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw new UsageException("declined", "Nothing was changed.");
    }
}
