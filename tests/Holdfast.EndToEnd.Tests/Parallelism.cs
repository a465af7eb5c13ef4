using Xunit;

// Most of a test's time is waiting for leases: two clusters at once with leases of seconds take half the time and disturb nobody.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace Holdfast.EndToEnd.Tests;

/// <summary>Classes whose clusters have leases of less than a second: they run one after the other, when no other cluster does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class ShortLeases
{
    /// <summary>Its name.</summary>
    public const string Name = "short leases";
}
