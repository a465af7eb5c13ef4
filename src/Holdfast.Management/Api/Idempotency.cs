using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.People;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Rows;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>
/// A change that carries <c>Idempotency-Key</c> is carried out once: the same key within a day gives the first answer again. The key is taken before anything is done, so who
/// asks again after a takeover learns at worst that nobody knows, never a second time the same deed. While the database is away, keys count as long as this process lives.
/// </summary>
internal sealed class Idempotency(RepositoryDatabase repository)
{
    private const string Header = "Idempotency-Key";
    private const int LongestKey = 200;
    private const int MostInMemory = 1000;
    private readonly ConcurrentDictionary<string, KeptAnswer> _here = new(StringComparer.Ordinal);

    /// <summary>Carries a request out, or gives the answer of the first one.</summary>
    /// <exception cref="HoldfastException">Codes <c>idempotency.invalid</c>, <c>idempotency.reused</c>, <c>idempotency.in-progress</c>, <c>idempotency.unknown</c>.</exception>
    public async Task HandleAsync(HttpContext http, Operation operation, Person person)
    {
        var given = http.Request.Headers[Header].ToString();
        if (given.Length == 0 || !operation.Changes || operation.StreamAnswer is not null || person.Name.Length == 0)
        {
            await operation.Handle(http, person);
            return;
        }

        if (given.Length > LongestKey) throw new HoldfastException(ErrorKind.Invalid, "idempotency.invalid", $"{Header} has {given.Length} characters; it may have {LongestKey}.", "A random UUID is a good key.");
        var key = $"{person.Name}\n{given}";
        var fingerprint = await FingerprintAsync(http);
        var mine = new KeptAnswer(fingerprint, 0, null, null);
        if (!_here.TryAdd(key, mine))
        {
            await RepeatAsync(http, _here.TryGetValue(key, out var known) ? known : mine, fingerprint, here: true);
            return;
        }

        var recorded = await TakeAsync(key, fingerprint, http.RequestAborted);
        if (recorded is { Earlier: { } earlier })
        {
            _here.TryRemove(key, out _);
            await RepeatAsync(http, earlier, fingerprint, here: false);
            return;
        }

        await CarryOutAsync(http, operation, person, key, mine, recorded.Kept);
    }

    private async Task CarryOutAsync(HttpContext http, Operation operation, Person person, string key, KeptAnswer mine, bool kept)
    {
        var (body, gone) = (http.Response.Body, http.RequestAborted);
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        // Who goes away will ask again with the key, and has to find an answer: what was begun for it is carried out to its end.
        http.RequestAborted = CancellationToken.None;
        try
        {
            await operation.Handle(http, person);
        }
        catch (HoldfastException problem)
        {
            await NodeApi.ProblemAsync(http, problem);
        }
        catch
        {
            _here.TryRemove(key, out _); // It is carried out no more; that nobody knows what came of it, the record goes on saying.
            throw;
        }
        finally
        {
            (http.Response.Body, http.RequestAborted) = (body, gone);
        }

        // What failed for want of a node, the store or an answer may be tried again under the same key.
        var answer = http.Response.StatusCode >= 500 ? null : mine with { Status = http.Response.StatusCode, ContentType = http.Response.ContentType, Body = Encoding.UTF8.GetString(buffer.ToArray()) };
        if (answer is null || kept) _here.TryRemove(key, out _);
        else _here[key] = answer;
        if (_here.Count > MostInMemory && _here.FirstOrDefault(item => item.Value.Status != 0).Key is { } oldest) _here.TryRemove(oldest, out _);
        if (kept) await RecordAsync(key, answer);
        buffer.Position = 0;
        await buffer.CopyToAsync(body, http.RequestAborted);
    }

    private static async Task RepeatAsync(HttpContext http, KeptAnswer known, string fingerprint, bool here)
    {
        if (known.Fingerprint != fingerprint) throw new HoldfastException(ErrorKind.Conflict, "idempotency.reused", $"This {Header} was sent with another request.", "Make a new key for each new request.");
        if (known.Status == 0 && here) throw new HoldfastException(ErrorKind.Conflict, "idempotency.in-progress", "The first request with this key is still being carried out.", "Ask again in a moment.");
        if (known.Status == 0) throw new HoldfastException(ErrorKind.Conflict, "idempotency.unknown", "The service ended while it carried this request out: nobody knows whether it was done.", "Look, and send it with a new key if it was not.");
        http.Response.StatusCode = known.Status;
        http.Response.ContentType = known.ContentType;
        http.Response.Headers["Idempotent-Replayed"] = "true";
        await http.Response.WriteAsync(known.Body ?? "", http.RequestAborted);
    }

    private async Task<(bool Kept, KeptAnswer? Earlier)> TakeAsync(string key, string fingerprint, CancellationToken cancellationToken)
    {
        try
        {
            return (true, await repository.Idempotency.TakeAsync(key, fingerprint, cancellationToken));
        }
        catch (HoldfastException down) when (down.Code == "repository.down")
        {
            return (false, null);
        }
        catch
        {
            _here.TryRemove(key, out _);
            throw;
        }
    }

    private async Task RecordAsync(string key, KeptAnswer? answer)
    {
        try
        {
            if (answer is null) await repository.Idempotency.ReleaseAsync(key, CancellationToken.None);
            else await repository.Idempotency.KeepAsync(key, answer, CancellationToken.None);
        }
        catch (HoldfastException)
        {
            // It was carried out, and whoever asked gets their answer; asked again, nobody knows.
        }
    }

    private static async Task<string> FingerprintAsync(HttpContext http)
    {
        http.Request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n"));
        var buffer = new byte[8 << 10];
        while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is > 0 and var read) hash.AppendData(buffer, 0, read);
        http.Request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
