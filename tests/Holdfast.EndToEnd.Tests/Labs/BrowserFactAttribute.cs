using Holdfast.Console.Tests;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>A test on real hosts with a browser on one of them: skipped, with what is missing, where there are none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = ClusterFactAttribute.Problem ?? Chromium.Missing;
}
