using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Nodes;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Cli.Tests;

public sealed class NodeSettingsEditTests
{
    private static readonly NodeSettings Present = new() { Description = "rack 4", Jobs = 2 };

    public static TheoryData<string, NodeSettings> Changes => new()
    {
        { "jobs=3", Present with { Jobs = 3 } },
        { "jobs=none", Present with { Jobs = null } },
        { "description=rack 5, a=b", Present with { Description = "rack 5, a=b" } },
        { "description=", Present with { Description = null } },
        { "bandwidth=10M", Present with { Bandwidth = 10 << 20 } },
        { "bandwidth=10MiB", Present with { Bandwidth = 10 << 20 } },
        { "diskFreePercent=10%", Present with { DiskFreePercent = 10 } },
        { "memoryFreePercent=8", Present with { MemoryFreePercent = 8 } },
        { "storeMilliseconds=200", Present with { StoreMilliseconds = 200 } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void One_setting_is_changed_and_the_others_stay(string assignment, NodeSettings wanted) => Assert.Equal(wanted, NodeSettingsEdit.Set(Present, assignment));

    [Theory]
    [InlineData("job=3", "did you mean 'jobs'")]
    [InlineData("jobs=many", "is a number")]
    [InlineData("bandwidth=fast", "is a size")]
    [InlineData("jobs", "sets nothing")]
    public void What_cannot_be_set_is_refused_with_its_name(string assignment, string said) => Assert.Contains(said, Assert.Throws<UsageException>(() => NodeSettingsEdit.Set(Present, assignment)).Message, StringComparison.Ordinal);
}
