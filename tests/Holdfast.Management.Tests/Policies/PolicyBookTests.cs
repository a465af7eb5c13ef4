using Holdfast.Management.Collecting;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Policies;

public sealed class PolicyBookTests
{
    private readonly PolicyBook _book = new();

    [Fact]
    public void What_did_not_change_is_not_compiled_again()
    {
        var first = _book.Of([PolicySamples.Gold], [PolicySamples.Office], PolicySamples.Inventory);
        // As it is told anew: other objects that say the same.
        var again = _book.Of(first.Policies, [PolicySamples.Office with { }], Told());

        Assert.Same(first, again);
        Assert.NotSame(first, _book.Of([PolicySamples.Gold], [PolicySamples.Office], PolicySamples.Inventory));
    }

    [Fact]
    public void What_changed_is_compiled_again()
    {
        var first = _book.Of([PolicySamples.Gold], [PolicySamples.Office], PolicySamples.Inventory);

        var moved = _book.Of(first.Policies, [PolicySamples.Office with { Location = "/srv/other" }], first.Inventory);
        var more = _book.Of(moved.Policies, moved.Vaults, moved.Inventory with { Things = [.. moved.Inventory.Things.Select(thing => thing with { Mounts = [.. thing.Mounts, "/more"] })] });

        Assert.NotSame(first, moved);
        Assert.NotSame(moved, more);
        Assert.Contains(moved.Compiled[PolicySamples.Gold].Jobs, job => job.Declaration.Contains("/srv/other", StringComparison.Ordinal));
    }

    [Fact]
    public void Jobs_of_a_policy_that_cannot_be_compiled_now_are_still_its_own()
    {
        var first = _book.Of([PolicySamples.Gold, PolicySamples.Gold with { Name = "bronze" }], [PolicySamples.Office], PolicySamples.Inventory);
        var job = first.Compiled[PolicySamples.Gold].Jobs.Single(made => made.Purpose == "backup").Name;

        // After a start nobody has told yet which roles there are.
        var later = _book.Of([PolicySamples.Gold], first.Vaults, PolicyInventory.Empty);

        Assert.Equal(new JobOrigin("gold", "tree:/srv/data@role/files"), first.Origins[job]);
        Assert.Equal(first.Origins[job], later.Origins[job]);
        Assert.DoesNotContain(later.Origins.Values, origin => origin.Policy == "bronze");
    }

    private static PolicyInventory Told() => new(
        [.. PolicySamples.Inventory.Nodes.Select(node => node with { })], [.. PolicySamples.Inventory.Roles], [.. PolicySamples.Inventory.Things.Select(thing => thing with { Mounts = [.. thing.Mounts] })]);
}
