using Holdfast.Agent.Resources;
using Holdfast.Cluster;

namespace Holdfast.Agent.Declarations;

/// <summary>Makes one error of many mistakes, each on its own line: people want to mend them all at once.</summary>
public static class DeclarationErrors
{
    /// <summary>The error for a file.</summary>
    public static HoldfastException Of(IEnumerable<DeclarationProblem> problems) => Of(problems.Select(problem => problem.ToString()));

    /// <summary>The error for a role that did not come from a file, and for what nodes found.</summary>
    public static HoldfastException Of(IEnumerable<SpecProblem> problems) => Of(problems.Select(problem => $"{problem.Path}: {problem.Message}"));

    private static HoldfastException Of(IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        return new HoldfastException(ErrorKind.Invalid, "declaration.invalid",
            all.Length == 1 ? $"The declaration has a mistake. Nothing was changed.\n  {all[0]}"
                : $"The declaration has {all.Length} mistakes. Nothing was changed.\n  {string.Join("\n  ", all)}");
    }
}
