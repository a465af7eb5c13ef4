using System.Text.Json;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>The product's command line, as tests speak of it.</summary>
internal static class ClusterCommands
{
    /// <summary>Runs a command that must be refused: the documented exit code, and one line with the stable code at its end.</summary>
    /// <returns>What was printed.</returns>
    public static async Task<string> RefusedAsync(this LabCluster cluster, LabHost host, int exitCode, string code, params string[] arguments)
    {
        var result = await cluster.TryCommandAsync(host, arguments);
        var errors = result.Output.Split('\n').Where(line => line.StartsWith("error:", StringComparison.Ordinal)).ToList();
        Assert.True(result.ExitCode == exitCode && errors is [var only] && only.EndsWith($"[{code}]", StringComparison.Ordinal), $"wanted {exitCode} and one line with [{code}], was {result.ExitCode}: {result.Output}");
        return result.Output;
    }

    /// <summary>Runs a command of the product as another user of the host.</summary>
    public static Task<Holdfast.Lab.Linux.CommandResult> AsAsync(this LabCluster cluster, LabHost host, string user, params string[] arguments)
    {
        Assert.Contains(host, cluster.Lab.Hosts);
        return host.RunAsync(["setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups", "holdfast", .. arguments], ClusterFixture.Limit);
    }

    /// <summary>Runs a command that must be refused to a user because they may not.</summary>
    public static async Task RefusedByAsync(this LabCluster cluster, LabHost host, string user, string code, params string[] arguments)
    {
        var result = await cluster.AsAsync(host, user, arguments);
        Assert.True(result.ExitCode == 6 && result.Output.TrimEnd().EndsWith($"[{code}]", StringComparison.Ordinal), $"wanted 6 and [{code}], was {result.ExitCode}: {result.Output}");
    }

    /// <summary>Runs a command with <c>--json</c>; null when it fails.</summary>
    public static async Task<JsonElement?> TryQueryAsync(this LabCluster cluster, LabHost host, params string[] arguments)
    {
        var result = await cluster.TryCommandAsync(host, [.. arguments, "--json"]);
        return result.ExitCode == 0 ? JsonDocument.Parse(result.Output).RootElement.Clone() : null;
    }

    /// <summary>The roles as a host sees them.</summary>
    public static async Task<IReadOnlyList<JsonElement>> RolesAsync(this LabCluster cluster, LabHost asked) => [.. (await cluster.QueryAsync(asked, "role", "list")).EnumerateArray()];

    /// <summary>One role as a host sees it.</summary>
    public static async Task<JsonElement> RoleAsync(this LabCluster cluster, LabHost asked, string role) => (await cluster.RolesAsync(asked)).Single(item => item.Text("name") == role);

    /// <summary>One node as a host sees it.</summary>
    public static async Task<JsonElement> NodeAsync(this LabCluster cluster, LabHost asked, string node) => (await cluster.QueryAsync(asked, "node", "list")).EnumerateArray().Single(item => item.Text("name") == node);

    /// <summary>Makes a token.</summary>
    public static async Task<string> TokenAsync(this LabCluster cluster, LabHost asked) => (await cluster.QueryAsync(asked, "cluster", "token")).Text("token");

    /// <summary>Writes a declaration to a host.</summary>
    /// <returns>The file's path there.</returns>
    public static async Task<string> WriteAsync(this LabHost host, string yaml, string path = "/tmp/roles.yaml")
    {
        var written = await host.RunAsync(["sh", "-c", $"cat >{path} <<'END_OF_FILE'\n{yaml}\nEND_OF_FILE"], ClusterFixture.Limit);
        Assert.True(written.ExitCode == 0, written.Output);
        return path;
    }

    /// <summary>Runs a shell script on a host that must succeed.</summary>
    public static async Task<string> ShellAsync(this LabHost host, string script)
    {
        var result = await host.RunAsync(["sh", "-ec", script], ClusterFixture.Limit);
        Assert.True(result.ExitCode == 0, $"{script} on {host.Name}: {result.ExitCode}: {result.Output}");
        return result.Output;
    }

    /// <summary>Whether a host has an address.</summary>
    public static async Task<bool> HasAddressAsync(this LabHost host, string address) => (await host.ShellAsync("ip -o addr show")).Contains($" {address}/", StringComparison.Ordinal);

    /// <summary>Finds a perl service by its script; the leash's own processes that name it in their arguments are not meant.</summary>
    public static IReadOnlyList<int> FindService(this LabHost host, string script) => host.Find(arguments => arguments is [var program, var first, ..] && Path.GetFileName(program) == "perl" && first == script);

    public static string Text(this JsonElement element, string property) => element.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    public static long Number(this JsonElement element, string property) => element.GetProperty(property).GetInt64();
}
