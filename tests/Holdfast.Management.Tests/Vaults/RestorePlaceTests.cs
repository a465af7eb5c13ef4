using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.Vaults;

namespace Holdfast.Management.Tests.Vaults;

/// <summary>Where something may be brought back to.</summary>
public sealed class RestorePlaceTests
{
    [Theory]
    [InlineData("/srv/back")]
    [InlineData("/srv/back", "/srv/data")]
    [InlineData("/", "/srv/data", "/etc/hosts")]
    public void Anything_goes_to_a_folder_and_what_is_named_to_where_it_came_from(string target, params string[] paths) => VaultDesk.RequirePlace(Asked(target, paths));

    [Theory]
    [InlineData("/")]
    [InlineData("/", "/")]
    [InlineData("back", "/srv/data")]
    [InlineData("/srv/back", "data")]
    public void The_whole_goes_over_no_root_and_no_place_is_guessed(string target, params string[] paths)
    {
        var refused = Assert.Throws<HoldfastException>(() => VaultDesk.RequirePlace(Asked(target, paths)));

        Assert.Equal("restore.invalid", refused.Code);
    }

    private static RestoreAsked Asked(string target, string[] paths) => new("office", "latest", paths, target, "a");
}
