using Holdfast.Vault.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Vault.Serving;

/// <summary>A server of restic's REST protocol over a directory of vaults. restic and Holdfast are its clients.</summary>
public sealed partial class VaultServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;
    private readonly VaultAdmission _admission;

    private VaultServer(WebApplication app, VaultAdmission admission, VaultEndpoints endpoints)
    {
        (_app, _admission) = (app, admission);
        var logger = app.Services.GetRequiredService<ILogger<VaultServer>>();
        app.Run(http => HandleAsync(http, endpoints, logger));
    }

    /// <summary>Gets where it listens: the ports that it was given, or took.</summary>
    public IReadOnlyList<Uri> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    /// <summary>Starts a server.</summary>
    /// <exception cref="HoldfastException"><c>vault-server.data-missing</c>, <c>vault-server.users-invalid</c>, <c>vault-server.certificate-invalid</c>, <c>vault-server.cannot-listen</c>.</exception>
    public static async Task<VaultServer> StartAsync(VaultServerOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.DataDirectory))
        {
            throw new HoldfastException(ErrorKind.NotFound, "vault-server.data-missing", $"There is no directory {options.DataDirectory}.", "Mount the disk it is on, or make it.");
        }

        CheckUsers(options.UsersFile);
        var certificate = ServerCertificate.Load(options.CertificateFile, options.KeyFile);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit); // What is being sent is cut off then; clients try again.
        builder.Services.AddHostedService(_ => new LeftoverSweep(options.DataDirectory, TimeProvider.System));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var listen in options.Listen)
            {
                kestrel.Listen(listen, endpoint =>
                {
                    if (certificate is not null) endpoint.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate.Own, certificate.Chain));
                });
            }
        });
        var server = new VaultServer(builder.Build(), new VaultAdmission(options.UsersFile), new VaultEndpoints(options, VaultQuota.Of(options.DataDirectory, options.QuotaBytes)));
        try
        {
            await server._app.StartAsync(cancellationToken);
            return server;
        }
        catch (IOException refused)
        {
            await server.DisposeAsync();
            throw new HoldfastException(ErrorKind.Conflict, "vault-server.cannot-listen", $"The vault server cannot listen: {refused.Message}", "Stop what has the port, or choose another with --listen.", refused);
        }
    }

    /// <summary>Returns when it was stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.WaitForShutdownAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _admission.Dispose();
    }

    private async Task HandleAsync(HttpContext http, VaultEndpoints endpoints, ILogger logger)
    {
        try
        {
            if (!VaultRequestPath.TryParse(http.Request.Path.Value ?? "", out var path)) http.Response.StatusCode = StatusCodes.Status404NotFound;
            else if (await _admission.AdmitAsync(http, path.Vault)) await endpoints.ServeAsync(http, path);
        }
        catch (Exception gone) when (http.RequestAborted.IsCancellationRequested || gone is ConnectionResetException)
        {
            http.Abort();
        }
        catch (BadHttpRequestException bad)
        {
            if (!http.Response.HasStarted) http.Response.StatusCode = bad.StatusCode;
        }
        catch (Exception error)
        {
            var code = (error as HoldfastException)?.Code ?? "vault-server.failed";
            if (code != "vault.file-missing") Log.Failed(logger, http.Request.Method, http.Request.Path, code, error.Message);
            if (http.Response.HasStarted)
            {
                http.Abort(); // The client must see that the answer is not whole.
                return;
            }

            http.Response.Clear();
            http.Response.StatusCode = RestProtocol.StatusOf(code);
            await http.Response.WriteAsync(code, http.RequestAborted); // The message names folders of this machine.
        }
    }

    private static void CheckUsers(string? file)
    {
        if (file is null) return;
        try
        {
            VaultUsers.Parse(File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "vault-server.users-invalid", $"The file of users cannot be read: {error.Message}", "Give another with --users.", error);
        }
    }

    private static partial class Log // Event ids 6100-6199: vault server.
    {
        [LoggerMessage(6101, LogLevel.Warning, "{Method} {Path}: {Code}: {Message}")]
        public static partial void Failed(ILogger logger, string method, string path, string code, string message);
    }
}
