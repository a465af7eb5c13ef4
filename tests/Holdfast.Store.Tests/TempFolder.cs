namespace Holdfast.Store.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("holdfast-store-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
