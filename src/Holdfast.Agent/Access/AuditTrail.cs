using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Agent.Access;

/// <summary>Who changed what, when and from where: in the store, where every node can show it, and in this node's journal. The store keeps the last <see cref="Kept"/>.</summary>
internal sealed class AuditTrail(AgentHost host, TimeProvider time)
{
    /// <summary>How many records the store keeps: few, because whoever reads the store afresh reads them too. The journals keep all.</summary>
    public const int Kept = 200;

    private const int LongestBody = 400;
    private const int ForgetEvery = 50;

    // Bodies with secrets (a token's, a database's password), and one that is as large as everything that the cluster has.
    private static readonly string[] Secretive = ["/v1/join", "/v1/cluster", "/v1/move-store", "/v1/restore"];

    /// <summary>For when the store has no majority and never will: what cannot be recorded there is on record in this node's journal alone.</summary>
    private const string Recovery = "/v1/recover";

    /// <summary>Records a change, lets it be carried out, and records what came of it.</summary>
    public async Task FollowAsync(HttpContext http, RequestDelegate next, Caller caller)
    {
        var record = new AuditRecord(time.GetUtcNow(), caller.Who, caller.From, host.Runtime?.Node.Value ?? "", await DescribeAsync(http));
        var (key, revision) = (KeyOf(record.At), 0L);
        try
        {
            if (host.Runtime is { } runtime && http.Request.Path != Recovery) revision = await PutAsync(runtime, key, record, 0, http.RequestAborted);
        }
        catch (HoldfastException error)
        {
            // Also when nobody knows whether it was written: what cannot be recorded is not done.
            await NodeApi.ProblemAsync(http, new HoldfastException(ErrorKind.Unavailable, error.Code, $"Nothing was done, because the change could not be recorded: {error.Message}", error.Hint));
            return;
        }

        await next(http);
        var done = record with { Outcome = http.Response.StatusCode < 400 ? "done" : $"refused ({http.Response.StatusCode})" };
        host.Journal.Add("audit", $"{done.Who} from {done.From}: {done.What}: {done.Outcome}.", data: new JournalData(Change: new AuditEntry(done.At, done.Who, done.From, done.Node, done.What, done.Outcome)));
        if (host.Runtime is { } after && revision != 0) await FinishAsync(after, key, done, revision);
    }

    /// <summary>The last changes, newest first.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public static async Task<IReadOnlyList<AuditRecord>> LastAsync(NodeRuntime runtime, int limit, CancellationToken cancellationToken) =>
    [
        .. (await runtime.Registry.Store.ReadAsync(RegistryKeys.Audit, cancellationToken)).Records.OrderByDescending(record => record.Key, StringComparer.Ordinal).Take(limit)
            .Select(record => RegistryJson.Decode(record.Value.Value, RegistryJson.Default.AuditRecord)),
    ];

    private static string KeyOf(DateTimeOffset at) =>
        RegistryKeys.Audit + at.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfffffff", CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));

    private static async Task<string> DescribeAsync(HttpContext http)
    {
        var what = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
        if (Secretive.Contains(http.Request.Path.Value)) return what;
        http.Request.EnableBuffering();
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        http.Request.Body.Position = 0;
        if (body.Length == 0) return what;
        // A declaration may hold what its author would not want copied; whether it was this one can be told from its hash.
        return body.Length <= LongestBody && http.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true ? $"{what} {Encoding.UTF8.GetString(body.ToArray())}"
            : $"{what} with {body.Length} bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(body.ToArray()))[..16]}…";
    }

    private static async Task<long> PutAsync(NodeRuntime runtime, string key, AuditRecord record, long revision, CancellationToken cancellationToken) =>
        await runtime.Registry.PutAsync(key, record, RegistryJson.Default.AuditRecord, revision, cancellationToken) switch
        {
            CommitOutcome.Committed committed => committed.Revision,
            CommitOutcome.Unknown unknown => throw new StoreUnavailableException($"The store did not answer: {unknown.Reason}"),
            _ => throw new StoreUnavailableException("The store had a record of this instant already."),
        };

    private async Task FinishAsync(NodeRuntime runtime, string key, AuditRecord done, long revision)
    {
        try
        {
            await PutAsync(runtime, key, done, revision, CancellationToken.None);
            if (RandomNumberGenerator.GetInt32(ForgetEvery) != 0) return;
            var all = (await runtime.Registry.Store.ReadAsync(RegistryKeys.Audit, CancellationToken.None)).Records.OrderBy(record => record.Key, StringComparer.Ordinal).ToList();
            var old = all.Take(Math.Clamp(all.Count - Kept, 0, StoreTransaction.MaxOperations)).ToList();
            if (old.Count > 0) await runtime.Registry.Store.CommitAsync(new([], [.. old.Select(record => new StoreWrite(record.Key, null))]), CancellationToken.None);
        }
        catch (HoldfastException)
        {
            // The change is made and its record says who asked for it; that it worked is in the journal.
        }
    }
}
