using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Holdfast.Vault.Backends;

/// <summary>A vault in a bucket of S3, or of a server that speaks its language. Objects are named as restic names them.</summary>
/// <remarks>One request a file: packs are far below the 5 GiB that one may have. A request that fails is not repeated here (<see cref="RetryingBackend"/>).</remarks>
public sealed class S3Backend : IVaultBackend
{
    // A request is given up after the stall timeout and the time that its bytes take on a very slow line.
    private const int SlowestBytesPerSecond = 16 << 10;

    private readonly VaultUrl.S3 _url;
    private readonly VaultConnectOptions _options;
    private readonly VaultLayout _layout;
    private readonly AmazonS3Client _client;
    private readonly HttpClient _http;

    /// <summary>The vault in a bucket; nothing is asked of it yet.</summary>
    /// <exception cref="HoldfastException"><c>vault.credentials-missing</c>, <c>vault.authority-invalid</c>.</exception>
    public S3Backend(VaultUrl.S3 url, VaultConnectOptions options)
    {
        (_url, _options) = (url, options);
        _layout = new(url.Prefix);
        string? Variable(string name) => options.Environment(name) is { Length: > 0 } value ? value : null;
        if (Variable("AWS_ACCESS_KEY_ID") is not { } id || Variable("AWS_SECRET_ACCESS_KEY") is not { } secret)
        {
            throw new HoldfastException(ErrorKind.Invalid, "vault.credentials-missing", $"There are no keys for {url}.", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        }

        _http = new(HttpTransport.Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        AWSCredentials credentials = Variable("AWS_SESSION_TOKEN") is { } token ? new SessionAWSCredentials(id, secret, token) : new BasicAWSCredentials(id, secret);
        _client = new(credentials, new AmazonS3Config
        {
            ServiceURL = url.Endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = Variable("AWS_DEFAULT_REGION") ?? Variable("AWS_REGION") ?? "us-east-1",
            DefaultConfigurationMode = DefaultConfigurationMode.Standard, // The others ask the machine's surroundings where they are.
            MaxErrorRetry = 0,
            HttpClientFactory = new OneClient(_http),
            // The checksums that the SDK adds by default are not understood by other servers; the signature has the hash of the content anyway.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    /// <inheritdoc/>
    public string Location => _url.ToString();

    /// <inheritdoc/>
    public int WritesAtOnce => 3;

    /// <inheritdoc/>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var isThere = await CallAsync(async token =>
        {
            await _client.ListObjectsV2Async(new() { BucketName = _url.Bucket, MaxKeys = 1, Prefix = KeyOf("config") }, token);
            return true;
        }, refused => refused.ErrorCode == "NoSuchBucket" ? false : throw Refused(refused), 0, cancellationToken);
        if (!isThere)
        {
            await CallAsync(token => _client.PutBucketAsync(_url.Bucket, token),
                refused => refused.ErrorCode is "BucketAlreadyOwnedByYou" ? new PutBucketResponse() : throw Refused(refused), 0, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // An object is there whole or not at all, and what has the same name has the same content; only the config must not be replaced.
        var isConfig = file.Kind == VaultFileKind.Config;
        if (isConfig && await LengthAsync(file, cancellationToken) is not null) throw BackendErrors.Exists(this, file);
        // The condition decides between two who make the vault at once. Some servers know none; then the look above has to do.
        if (!await TryPutAsync(file, content, onlyNew: isConfig, cancellationToken)) await TryPutAsync(file, content, onlyNew: false, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => CallAsync(async token =>
    {
        using var answer = await _client.GetObjectAsync(_url.Bucket, KeyOf(file), token);
        var content = new byte[answer.ContentLength];
        await answer.ResponseStream.ReadExactlyAsync(content, token);
        return content;
    }, refused => IsMissing(refused) ? throw BackendErrors.Missing(this, file) : throw Refused(refused), int.MaxValue, cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => buffer.IsEmpty
        ? Task.CompletedTask
        : CallAsync(async token =>
        {
            using var answer = await _client.GetObjectAsync(new() { BucketName = _url.Bucket, Key = KeyOf(file), ByteRange = new(offset, offset + buffer.Length - 1) }, token);
            if (answer.ContentLength < buffer.Length) throw BackendErrors.TooShort(this, file, offset + buffer.Length);
            if (answer.ContentLength > buffer.Length) throw BackendErrors.Unreachable(this, $"it answered with {answer.ContentLength} bytes of {file} where {buffer.Length} were asked for.");
            await answer.ResponseStream.ReadExactlyAsync(buffer, token);
            return true;
        }, refused => refused.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable ? throw BackendErrors.TooShort(this, file, offset + buffer.Length)
            : IsMissing(refused) ? throw BackendErrors.Missing(this, file)
            : throw Refused(refused), buffer.Length, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (kind == VaultFileKind.Config)
        {
            if (await LengthAsync(VaultFile.Config, cancellationToken) is { } length) yield return new(VaultFile.Config, length);
            yield break;
        }

        // All pages before the first entry is given away: what breaks off can then be asked for again.
        var entries = new List<VaultFileEntry>();
        string? next = null;
        do
        {
            var after = next;
            var page = await CallAsync<ListObjectsV2Response>(token => _client.ListObjectsV2Async(new() { BucketName = _url.Bucket, Prefix = KeyOf(new VaultFile(kind, "").ToString()), ContinuationToken = after }, token),
                refused => throw Refused(refused), 0, cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                var name = found.Key[(found.Key.LastIndexOf('/') + 1)..];
                if (VaultLayout.IsName(name)) entries.Add(new(new(kind, name), found.Size ?? 0));
            }

            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
        foreach (var entry in entries) yield return entry;
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => CallAsync<long?>(
        async token => (await _client.GetObjectMetadataAsync(_url.Bucket, KeyOf(file), token)).ContentLength,
        refused => IsMissing(refused) ? default(long?) : throw Refused(refused), 0, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => CallAsync(
        token => _client.DeleteObjectAsync(_url.Bucket, KeyOf(file), token),
        refused => IsMissing(refused) ? new DeleteObjectResponse() : throw Refused(refused), 0, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    // False when the server knows no conditions.
    private async Task<bool> TryPutAsync(VaultFile file, ReadOnlyMemory<byte> content, bool onlyNew, CancellationToken cancellationToken)
    {
        using var body = new ReadOnlyMemoryStream(content);
        return await CallAsync(async token =>
        {
            await _client.PutObjectAsync(new()
            {
                BucketName = _url.Bucket,
                Key = KeyOf(file),
                InputStream = body,
                AutoCloseStream = false,
                UseChunkEncoding = false,
                ContentType = "application/octet-stream",
                IfNoneMatch = onlyNew ? "*" : null,
            }, token);
            return true;
        }, refused => refused.StatusCode switch
        {
            HttpStatusCode.NotImplemented when onlyNew => false,
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict when onlyNew => throw BackendErrors.Exists(this, file),
            _ => throw Refused(refused),
        }, content.Length, cancellationToken);
    }

    private string KeyOf(VaultFile file) => _layout.PathOf(file).TrimStart('/');

    private string KeyOf(string name) => _url.Prefix.Length == 0 ? name : $"{_url.Prefix}/{name}";

    private static bool IsMissing(AmazonS3Exception refused) => refused.StatusCode == HttpStatusCode.NotFound && refused.ErrorCode != "NoSuchBucket";

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, Func<AmazonS3Exception, T> refused, int bytes, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(_options.StallTimeout + TimeSpan.FromSeconds(bytes / SlowestBytesPerSecond), _options.Time, cancellationToken);
        try
        {
            return await call(guard.Token);
        }
        catch (AmazonS3Exception answer) when (answer.StatusCode != 0)
        {
            return refused(answer);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw BackendErrors.Unreachable(this, "it took too long.", late);
        }
        catch (Exception error) when (Inner<AuthenticationException>(error) is { } untrusted)
        {
            throw BackendErrors.Untrusted(this, untrusted.Message, error);
        }
        catch (Exception error) when (error is AmazonClientException or AmazonServiceException or HttpRequestException or IOException)
        {
            throw BackendErrors.Unreachable(this, error.Message, error);
        }
    }

    private HoldfastException Refused(AmazonS3Exception answer) => answer.StatusCode switch
    {
        HttpStatusCode.InsufficientStorage or HttpStatusCode.RequestEntityTooLarge => BackendErrors.Full(this, answer),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when answer.ErrorCode.Contains("Quota", StringComparison.Ordinal) => BackendErrors.Full(this, answer),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => BackendErrors.LoginRefused(this, answer),
        _ => BackendErrors.Unreachable(this, $"it answered {(int)answer.StatusCode} {answer.ErrorCode}: {answer.Message}", answer),
    };

    private static T? Inner<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found) return found;
        }

        return null;
    }

    private sealed class OneClient(HttpClient client) : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
