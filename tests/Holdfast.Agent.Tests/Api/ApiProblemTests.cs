using Holdfast.Agent.Api;
using Holdfast.Cluster;

namespace Holdfast.Agent.Tests.Api;

public sealed class ApiProblemTests
{
    [Fact]
    public void Every_kind_of_error_has_a_status_of_its_own_and_is_recognised_by_it()
    {
        foreach (var kind in Enum.GetValues<ErrorKind>()) Assert.Equal(kind, ApiProblems.KindOf(ApiProblems.StatusOf(kind)));

        Assert.Equal(Enum.GetValues<ErrorKind>().Length, Enum.GetValues<ErrorKind>().Select(ApiProblems.StatusOf).Distinct().Count());
    }

    [Fact]
    public void A_problem_carries_the_code_what_happened_and_what_to_do()
    {
        var problem = ApiProblems.From(new HoldfastException(ErrorKind.NotFound, "role.not-found", "There is no role x.", "See 'holdfast role list'."));

        Assert.Equal(new ApiProblem("urn:holdfast:error:role.not-found", "NotFound", 404, "There is no role x.", "role.not-found", "See 'holdfast role list'."), problem);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(418)]
    public void A_status_that_is_no_answer_of_ours_means_that_the_node_cannot_be_asked(int status) => Assert.Equal(ErrorKind.Unavailable, ApiProblems.KindOf(status));
}
