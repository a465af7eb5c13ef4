using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Holdfast.Vault.Backends;

/// <summary>HTTP as back ends use it: own authorities, no redirects, a limit on standing still, and failures in the words of back ends.</summary>
internal sealed class HttpTransport : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly VaultConnectOptions _options;

    public HttpTransport(VaultConnectOptions options)
    {
        _options = options;
        _http = new(Handler(options));
    }

    /// <summary>What sends requests, also those of S3.</summary>
    public static SocketsHttpHandler Handler(VaultConnectOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // A password must not go where it was not meant for.
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // A name that follows a role from node to node must be looked up again.
            UseCookies = false,
        };
        if (options.CertificateAuthority is { } file)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities(file));
        }

        return handler;
    }

    /// <summary>Sends a request and hands its answer to a reader; both fail when nothing moves for too long.</summary>
    /// <param name="backend">Whose messages a failure is told in.</param>
    /// <param name="request">The request; an upload has a <see cref="ProgressContent"/>.</param>
    /// <param name="read">Reads the answer, and tells the stall guard of progress.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<T> SendAsync<T>(IVaultBackend backend, HttpRequestMessage request, Func<HttpResponseMessage, StallGuard, Task<T>> read, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(_options.StallTimeout, _options.Time, cancellationToken);
        if (request.Content is ProgressContent content) content.Guard = guard;
        try
        {
            using var response = await _http.SendAsync(request, guard.Token);
            guard.Progress();
            return await read(response, guard);
        }
        catch (OperationCanceledException stalled) when (!cancellationToken.IsCancellationRequested)
        {
            throw BackendErrors.Unreachable(backend, $"nothing moved for {_options.StallTimeout.TotalSeconds:0} seconds.", stalled);
        }
        catch (HttpRequestException untrusted) when (untrusted.InnerException is AuthenticationException reason)
        {
            throw BackendErrors.Untrusted(backend, reason.Message, untrusted);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw BackendErrors.Unreachable(backend, error.GetBaseException().Message, error);
        }
    }

    public void Dispose() => _http.Dispose();

    private static X509Certificate2Collection Authorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "vault.authority-invalid", $"The certificate authorities in {file} cannot be read: {error.Message}", "Give a PEM file.", error);
        }

        return authorities.Count > 0 ? authorities
            : throw new HoldfastException(ErrorKind.Invalid, "vault.authority-invalid", $"There is no certificate in {file}.", "Give a PEM file.");
    }
}
