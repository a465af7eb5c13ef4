using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Holdfast.Vault.Backends;

/// <summary>A vault on a server of restic's REST protocol (its <c>doc/REST_backend.rst</c>), version 2 where the server knows it.</summary>
public sealed class RestBackend : IVaultBackend
{
    private readonly VaultUrl.Rest _url;
    private readonly HttpTransport _http;
    private readonly AuthenticationHeaderValue? _login;

    /// <summary>The vault at an address; nothing is asked of it yet.</summary>
    /// <exception cref="HoldfastException"><c>vault.authority-invalid</c>.</exception>
    public RestBackend(VaultUrl.Rest url, VaultConnectOptions options)
    {
        _url = url;
        _http = new(options);
        var user = url.User ?? options.Environment("RESTIC_REST_USERNAME");
        var password = url.Password ?? options.Environment("RESTIC_REST_PASSWORD");
        if (!string.IsNullOrEmpty(user)) _login = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <inheritdoc/>
    public string Location => _url.ToString();

    /// <inheritdoc/>
    public int WritesAtOnce => 3;

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, "?create=true", request => request.Content = new ProgressContent(default), response => response.IsSuccessStatusCode ? true : throw Refused(response), cancellationToken);

    /// <inheritdoc/>
    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var isRefused = await AskAsync(HttpMethod.Post, file.ToString(), request =>
        {
            request.Content = new ProgressContent(content);
            request.Content.Headers.ContentType = new("application/octet-stream");
        }, response => response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Conflict ? response.StatusCode
            : response.IsSuccessStatusCode ? default(HttpStatusCode?)
            : throw Refused(response), cancellationToken);
        if (isRefused is not { } status) return;

        // It may be there already: from an attempt whose answer was lost, or from another writer. rest-server says only that it is forbidden.
        var length = await LengthAsync(file, cancellationToken);
        if (length is not null && file.Kind != VaultFileKind.Config && length == content.Length) return;
        throw length is not null || status == HttpStatusCode.Conflict ? BackendErrors.Exists(this, file) : BackendErrors.ReadOnly(this, $"it may not get {file}.");
    }

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, file.ToString(), null, async (response, guard) => response.StatusCode switch
        {
            HttpStatusCode.OK => await HttpBody.ReadAllAsync(this, file, response, guard),
            HttpStatusCode.NotFound => throw BackendErrors.Missing(this, file),
            _ => throw Refused(response),
        }, cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => buffer.IsEmpty
        ? Task.CompletedTask
        : SendAsync(HttpMethod.Get, file.ToString(), request => request.Headers.Range = HttpBody.Range(offset, buffer.Length), async (response, guard) =>
        {
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK or HttpStatusCode.PartialContent:
                    await HttpBody.ReadRangeAsync(this, file, response, offset, buffer, guard);
                    return true;
                case HttpStatusCode.RequestedRangeNotSatisfiable:
                    throw BackendErrors.TooShort(this, file, offset + buffer.Length);
                case HttpStatusCode.NotFound:
                    throw BackendErrors.Missing(this, file);
                default:
                    throw Refused(response);
            }
        }, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (kind == VaultFileKind.Config)
        {
            if (await LengthAsync(VaultFile.Config, cancellationToken) is { } length) yield return new(VaultFile.Config, length);
            yield break;
        }

        // Taken whole before the first is given away: a listing that breaks off can then be asked for again.
        var (entries, names) = await SendAsync(HttpMethod.Get, new VaultFile(kind, "").ToString(), request => request.Headers.Accept.ParseAdd(RestProtocol.Version2),
            (response, guard) => ReadListAsync(kind, response, guard), cancellationToken);
        foreach (var entry in entries) yield return entry;
        foreach (var name in names)
        {
            var file = new VaultFile(kind, name);
            if (await LengthAsync(file, cancellationToken) is { } length) yield return new(file, length);
        }
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Head, file.ToString(), null, response => response.StatusCode switch
        {
            HttpStatusCode.OK => response.Content.Headers.ContentLength ?? throw BackendErrors.Unreachable(this, $"it does not tell the length of {file}."),
            HttpStatusCode.NotFound => default(long?),
            _ => throw Refused(response),
        }, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Delete, file.ToString(), null, response => response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound ? true
            : response.StatusCode == HttpStatusCode.Forbidden ? throw BackendErrors.ReadOnly(this, $"{file} may not be removed.")
            : throw Refused(response), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(List<VaultFileEntry> Entries, List<string> Names)> ReadListAsync(VaultFileKind kind, HttpResponseMessage response, StallGuard guard)
    {
        if (response.StatusCode == HttpStatusCode.NotFound) throw BackendErrors.Unreachable(this, "there is no vault at this address.");
        if (response.StatusCode != HttpStatusCode.OK) throw Refused(response);
        var (entries, names) = (new List<VaultFileEntry>(), new List<string>());
        await using var body = await response.Content.ReadAsStreamAsync(guard.Token);
        try
        {
            if (response.Content.Headers.ContentType?.MediaType == RestProtocol.Version2)
            {
                await foreach (var file in JsonSerializer.DeserializeAsyncEnumerable(body, RestJson.Default.ListedFile, guard.Token))
                {
                    if (file is not null && VaultLayout.IsName(file.Name)) entries.Add(new(new(kind, file.Name), file.Size));
                    guard.Progress();
                }
            }
            else
            {
                await foreach (var name in JsonSerializer.DeserializeAsyncEnumerable(body, RestJson.Default.String, guard.Token))
                {
                    if (VaultLayout.IsName(name)) names.Add(name!);
                    guard.Progress();
                }
            }
        }
        catch (JsonException nonsense)
        {
            throw BackendErrors.Unreachable(this, $"its listing cannot be read: {nonsense.Message}", nonsense);
        }

        return (entries, names);
    }

    private Task<T> AskAsync<T>(HttpMethod method, string path, Action<HttpRequestMessage>? prepare, Func<HttpResponseMessage, T> answer, CancellationToken cancellationToken) =>
        SendAsync(method, path, prepare, (response, _) => Task.FromResult(answer(response)), cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, Action<HttpRequestMessage>? prepare, Func<HttpResponseMessage, StallGuard, Task<T>> read, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_url.Address, path)) { Version = HttpVersion.Version11 };
        request.Headers.Authorization = _login;
        prepare?.Invoke(request);
        return await _http.SendAsync(this, request, read, cancellationToken);
    }

    private HoldfastException Refused(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.InsufficientStorage or HttpStatusCode.RequestEntityTooLarge => BackendErrors.Full(this),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => BackendErrors.LoginRefused(this),
        HttpStatusCode.NotFound => BackendErrors.Unreachable(this, "there is no vault at this address."),
        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadRequest =>
            BackendErrors.Unreachable(this, $"it answered {(int)response.StatusCode} {response.ReasonPhrase}."), // 400: what came was damaged on the way.
        _ => new(ErrorKind.Invalid, "vault.not-spoken", $"What is at {Location} does not speak the REST protocol of vaults: it answered {(int)response.StatusCode} {response.ReasonPhrase}.", "Check the address."),
    };
}
