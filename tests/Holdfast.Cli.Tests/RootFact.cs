namespace Holdfast.Cli.Tests;

/// <summary>A fact that mounts something, which only root may.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Only root may mount.";
}
