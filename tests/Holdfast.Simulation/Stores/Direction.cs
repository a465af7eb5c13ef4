namespace Holdfast.Simulation.Stores;

/// <summary>Which way nothing gets through.</summary>
[Flags]
internal enum Direction
{
    None = 0,
    ToStore = 1,
    FromStore = 2,
    Both = 3,
}
