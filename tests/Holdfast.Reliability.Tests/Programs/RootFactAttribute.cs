namespace Holdfast.Reliability.Tests.Programs;

/// <summary>A fact that only root can find out: it mounts.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess) Skip = "needs root";
    }
}
