using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Holdfast.Management.Tests.Alerts;

/// <summary>A real SMTP server (aiosmtpd) on this machine: with STARTTLS and sign-in, or with neither.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    private MailServer(string folder, Process process) => (_folder, _process) = (folder, process);

    public int Port { get; private set; }

    /// <summary>Gets the file with the certificate that it shows; nobody else vouches for it.</summary>
    public string CertificateFile => Path.Combine(_folder, "crt");

    public string PasswordFile => Path.Combine(_folder, "password");

    public static async Task<MailServer> StartAsync(bool isSecure)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-smtp-").FullName;
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Alerts", "smtp_server.py") } };
        if (isSecure)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
            await File.WriteAllTextAsync(Path.Combine(folder, "crt"), certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(folder, "key"), key.ExportPkcs8PrivateKeyPem());
            start.ArgumentList.Add(Path.Combine(folder, "crt"));
            start.ArgumentList.Add(Path.Combine(folder, "key"));
        }

        var server = new MailServer(folder, Process.Start(start)!);
        _ = server._process.StandardError.ReadToEndAsync(); // Or it would wait for a pipe that is full.
        await File.WriteAllTextAsync(server.PasswordFile, "pass word\n");
        server.Port = int.Parse(await server.LineAsync(), CultureInfo.InvariantCulture);
        return server;
    }

    /// <summary>The next message that it took.</summary>
    public async Task<JsonElement> NextAsync() => JsonDocument.Parse(await LineAsync()).RootElement;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // It ends with its input.
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> LineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException("The mail server ended; is python3-aiosmtpd installed?");
}
