using Holdfast.Leash.Native;

namespace Holdfast.Leash.Tests.Running;

/// <summary>A test with real namespaces, addresses and mounts, which only root can make.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Libc.geteuid() != 0) Skip = "needs root: it makes PID and network namespaces and mounts";
    }
}
