namespace Holdfast.Lab.Linux;

/// <summary>The <c>dotnet</c> that this process itself runs under, for the lab's own helpers and for programs on hosts.</summary>
internal static class DotnetHost
{
    /// <summary>Gets the folder of the runtime in use.</summary>
    internal static string Root { get; } = Directory.GetParent(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory())!.Parent!.Parent!.Parent!.FullName;

    /// <summary>Gets the <c>dotnet</c> executable.</summary>
    internal static string Path { get; } = System.IO.Path.Combine(Root, "dotnet");
}
