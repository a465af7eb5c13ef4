using Holdfast.Cluster.Access;
using Holdfast.Management.Approvals;
using Holdfast.Management.People;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Approvals;

/// <summary>A desk with a store of its own, what it carries out, and what that is about.</summary>
internal sealed class ApprovalWorld : IDisposable
{
    public static readonly Person Anna = new("anna", AccessLevel.Admin, "10.0.0.1");
    public static readonly Person Berta = new("berta", AccessLevel.Admin, "10.0.0.2");
    private readonly List<ApprovalDesk> _desks = [];

    public StillClock Clock { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public MemoryApprovals Store { get; } = new();

    /// <summary>What was carried out.</summary>
    public List<Approval> Done { get; } = [];

    /// <summary>How what everything is about is now; null when it is gone.</summary>
    public string? Subject { get; set; } = "as it was";

    /// <summary>What happens in the middle of carrying something out.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    /// <summary>A desk, as the next owner of the service has it.</summary>
    public ApprovalDesk Desk()
    {
        var desk = new ApprovalDesk(Store, async (approval, _) =>
        {
            await Meanwhile();
            lock (Done) Done.Add(approval);
            Subject = null;
            return (200, "Role orders is deleted.");
        }, (_, _) => Subject is null ? throw new HoldfastException(ErrorKind.NotFound, "role.not-found", "There is no role orders.") : Task.FromResult<string?>(Subject), Clock, NullLogger<ApprovalDesk>.Instance);
        _desks.Add(desk);
        return desk;
    }

    public static AskedRequest Request(string body = "", string role = "orders") => new("DELETE", "/roles/{role}", $"/api/v1/roles/{role}", "", new Dictionary<string, string> { ["role"] = role }, null, System.Text.Encoding.UTF8.GetBytes(body));

    public static Task<Approval> AskAsync(ApprovalDesk desk, Person by, AskedRequest? request = null, DestructiveAct? act = null) =>
        desk.AskAsync(act ?? DestructiveActs.RoleDelete, "Delete a role: orders", request ?? Request(), by, null, TimeSpan.FromDays(1), default);

    public void Dispose()
    {
        foreach (var desk in _desks) desk.Dispose();
    }
}
