using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Vault.Serving;

/// <summary>Decides who a request comes from and whether the vault it names is theirs.</summary>
internal sealed class VaultAdmission(string? usersFile) : IDisposable
{
    private const int MostRemembered = 1000;

    // A guesser must not be able to keep all cores at work; who is known already is not slowed down.
    private readonly SemaphoreSlim _checks = new(1, 1);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, string> _known = [];
    private VaultUsers? _users;
    private DateTime _readAt;

    /// <summary>Whether a request may touch a vault; when not, the answer has its status.</summary>
    public async Task<bool> AdmitAsync(HttpContext http, string vault)
    {
        if (usersFile is null) return true;
        if (await FindPathAsync(http.Request.Headers.Authorization.ToString(), http.RequestAborted) is not { } path)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"vault\", charset=\"UTF-8\"";
            return false;
        }

        if (vault == path || vault.StartsWith(path + "/", StringComparison.Ordinal)) return true;
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return false;
    }

    public void Dispose() => _checks.Dispose();

    private async Task<string?> FindPathAsync(string header, CancellationToken cancellationToken)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var sent) || !"Basic".Equals(sent.Scheme, StringComparison.OrdinalIgnoreCase) || sent.Parameter is null) return null;
        Reload();
        // The slow hash is for the file, should it leak. In memory a keyed fast one will do: a backup is many requests.
        var fingerprint = Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(sent.Parameter)));
        if (_known.TryGetValue(fingerprint, out var path)) return path;

        var bytes = new byte[sent.Parameter.Length];
        if (!Convert.TryFromBase64String(sent.Parameter, bytes, out var length) || Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is not [var name, var password]) return null;
        await _checks.WaitAsync(cancellationToken);
        try
        {
            path = await Task.Run(() => _users!.Check(name, password), cancellationToken);
        }
        finally
        {
            _checks.Release();
        }

        if (path is not null && _known.Count < MostRemembered) _known.TryAdd(fingerprint, path);
        return path;
    }

    // A changed file counts at once: who was removed from it is out.
    private void Reload()
    {
        lock (_known)
        {
            var changed = File.GetLastWriteTimeUtc(usersFile!);
            if (_users is not null && changed == _readAt) return;
            _users = VaultUsers.Parse(File.ReadAllText(usersFile!));
            _readAt = changed;
            _known.Clear();
        }
    }
}
