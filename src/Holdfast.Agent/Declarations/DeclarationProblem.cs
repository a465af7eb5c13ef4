using System.Globalization;

namespace Holdfast.Agent.Declarations;

/// <summary>One mistake in a declaration file.</summary>
/// <param name="Path">Where in the declaration: <c>roles.orders.resources.data.device</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what to do, one sentence.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1; 0 when unknown.</param>
/// <param name="Column">The column, from 1.</param>
public sealed record DeclarationProblem(string Path, string Message, string File, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var place = Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
        return Path.Length == 0 ? $"{place}: {Message}" : $"{place}: {Path}: {Message}";
    }
}
