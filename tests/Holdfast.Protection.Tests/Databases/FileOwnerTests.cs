using Holdfast.Protection.Databases;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>To whom files can be given.</summary>
public sealed class FileOwnerTests
{
    private const string Whole = "         0          0 4294967295\n";
    private const string OneUser = "         0       1000          1\n";
    private const string TwoRanges = "         0       1000          1\n         1     100000      65536\n";

    [Theory]
    [InlineData(Whole, 0, true)]
    [InlineData(Whole, 113, true)]
    [InlineData(OneUser, 0, true)]
    [InlineData(OneUser, 113, false)]
    [InlineData(OneUser, 1000, false)] // That is its number outside.
    [InlineData(TwoRanges, 65536, true)]
    [InlineData(TwoRanges, 65537, false)]
    public void A_namespace_has_the_numbers_in_its_map(string map, uint number, bool has) => Assert.Equal(has, FileOwner.IsIn(map, number));
}
