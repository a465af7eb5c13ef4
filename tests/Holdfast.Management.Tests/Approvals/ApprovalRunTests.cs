using System.Text;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;
using Holdfast.Management.Approvals;
using Holdfast.Management.People;

namespace Holdfast.Management.Tests.Approvals;

public sealed class ApprovalRunTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly List<string> _done = [];
    private PersonRecord? _anna = new("anna", AccessLevel.Admin, "");
    private string? _stamp = "s1";

    [Fact]
    public async Task It_is_carried_out_as_it_was_sent_and_in_both_names()
    {
        Assert.Equal((200, "Set."), await RunAsync(Approved()));
        Assert.Equal(["anna, approved by berta: PUT /api/v1/things/one?force=1 one {\"a\":1}"], _done);
    }

    [Fact]
    public async Task Nothing_is_carried_out_but_what_was_asked_for()
    {
        var approved = Approved();
        var swapped = approved with { Request = approved.Request with { Body = Encoding.UTF8.GetBytes("""{"a":2}""") } };

        Assert.Equal((409, "What was kept is not what was asked for."), await RunAsync(swapped));
        Assert.Empty(_done);
    }

    [Fact]
    public async Task Nothing_is_done_to_what_changed_since()
    {
        _stamp = "s2";

        Assert.Equal((409, "What it is about was changed since it was asked for."), await RunAsync(Approved()));
        Assert.Empty(_done);
    }

    [Theory]
    [InlineData(false, AccessLevel.Admin)]
    [InlineData(true, AccessLevel.Admin)]
    [InlineData(false, AccessLevel.Operator)]
    public async Task Nothing_is_done_for_somebody_who_may_not_ask_any_more(bool disabled, AccessLevel level)
    {
        _anna = disabled || level != AccessLevel.Admin ? new("anna", level, "", Disabled: disabled) : null;

        Assert.Equal(403, (await RunAsync(Approved())).Status);
        Assert.Empty(_done);
    }

    private static Approval Approved()
    {
        var request = new AskedRequest("PUT", "/things/{name}", "/api/v1/things/one", "?force=1", new Dictionary<string, string> { ["name"] = "one" }, "application/json", Encoding.UTF8.GetBytes("""{"a":1}"""));
        return new Approval("1", "thing.set", "Set a thing: one", request, request.Digest(), "s1", "anna", "anna", AccessLevel.Admin, "10.0.0.1", Now, Now.AddDays(1), State: ApprovalState.Running, DecidedBy: "berta");
    }

    private Task<(int Status, string Outcome)> RunAsync(Approval approval) => new ApprovalRun(
        () => [Answering.Act("PUT", "/things/{name}", AccessLevel.Admin, "Sets a thing.", async (http, by) =>
        {
            _done.Add($"{by.Name}: {http.Request.Method} {http.Request.Path}{http.Request.QueryString} {NodeApi.Part(http, "name")} {await NodeApi.TextAsync(http)}");
            return "Set.";
        })],
        (_, _) => Task.FromResult(_stamp), name => name == "anna" ? _anna : null).CarryOutAsync(approval, default);
}
