using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Doctor;

/// <summary>What a check looks with.</summary>
/// <param name="Runtime">This node.</param>
/// <param name="Others">The other nodes of the cluster.</param>
/// <param name="Here">What this node says of itself.</param>
/// <param name="StateDirectory">Where the store's data are.</param>
/// <param name="Time">The time.</param>
internal sealed record CheckContext(NodeRuntime Runtime, IReadOnlyList<NodeRecord> Others, Pulse Here, string StateDirectory, TimeProvider Time)
{
    public Finding Ok(string check, string what) => new(Runtime.Node.Value, check, FindingLevel.Ok, what);

    public Finding Warning(string check, string what, string todo) => new(Runtime.Node.Value, check, FindingLevel.Warning, what, todo);

    public Finding Problem(string check, string what, string todo) => new(Runtime.Node.Value, check, FindingLevel.Problem, what, todo);
}

/// <summary>One thing that is looked at. It changes nothing but files of its own, which it removes.</summary>
internal interface ICheck
{
    /// <summary>Looks. What it cannot look at is a finding too.</summary>
    Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken);
}
