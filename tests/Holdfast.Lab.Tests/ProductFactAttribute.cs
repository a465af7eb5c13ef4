using Xunit;

namespace Holdfast.Lab.Tests;

/// <summary>A test of the built product in the lab: skipped, with the reason, when it is not built or the lab cannot run.</summary>
public sealed class ProductFactAttribute : FactAttribute
{
    /// <summary>Gets the folder of the checkout.</summary>
    internal static string Root { get; } = FindRoot();

    private static readonly Lazy<string?> Problem = new(() =>
        LabRequirements.CheckAsync(withServices: true).GetAwaiter().GetResult() ?? (File.Exists(Path.Combine(Root, "dist", "holdfast")) ? null : "The product is not built: run ./build first."));

    public ProductFactAttribute() => Skip = Problem.Value;

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Holdfast.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests do not run inside the checkout");
    }
}
