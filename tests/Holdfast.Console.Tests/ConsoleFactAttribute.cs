using Holdfast.Management.Tests.Service;

namespace Holdfast.Console.Tests;

/// <summary>A fact that needs the built product with its console, and a browser.</summary>
public sealed class ConsoleFactAttribute : FactAttribute
{
    public ConsoleFactAttribute() => Skip = Missing;

    /// <summary>Gets what is missing; null when nothing is.</summary>
    internal static string? Missing { get; } =
        !File.Exists(Path.Combine(DevService.Root(), "dist", "console", "index.html")) ? "The console is not built: run ./build first."
        : Chromium.Missing;
}

/// <summary>The same with cases.</summary>
public sealed class ConsoleTheoryAttribute : TheoryAttribute
{
    public ConsoleTheoryAttribute() => Skip = ConsoleFactAttribute.Missing;
}
