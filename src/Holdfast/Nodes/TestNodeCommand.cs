using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Nodes;

/// <summary><c>holdfast node test</c></summary>
internal static class TestNodeCommand
{
    public static Verb Create()
    {
        var node = Arguments.Node();
        return new Verb("test", "Test the connection from this node to another: round trip, clock, build, and when its certificates end. Exits with 4 when it does not answer.", "holdfast node test b") { node }
            .Does(async (run, cancellationToken) =>
            {
                var answer = await run.Agent.TestNodeAsync(run.Get(node), cancellationToken);
                run.Report.Result(answer, NodeApiJson.Printed.NodeTestAnswer, found =>
                {
                    run.Report.Line(found.Hint is { } hint ? $"{found.Sentence} {hint}" : found.Sentence);
                    if (found.Build is { } build) run.Report.Line($"It runs {build}{(found.Etcd is { } etcd ? $" with etcd {etcd}" : "")}; its clock is {Math.Abs(found.ClockAheadMs ?? 0):0.#} ms {(found.ClockAheadMs < 0 ? "behind" : "ahead")}.");
                    foreach (var certificate in found.Certificates) run.Report.Line($"Certificate {certificate.Kind} is good until {Phrases.Instant(certificate.Expires)}{(certificate.Trouble is { } trouble ? $"; it could not be renewed: {trouble}" : ".")}");
                });
                return (int)(answer.Works ? ExitCode.Ok : ExitCode.Conflict);
            });
    }
}
