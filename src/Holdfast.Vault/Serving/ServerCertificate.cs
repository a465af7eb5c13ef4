using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Holdfast.Vault.Serving;

/// <summary>What the server shows of itself.</summary>
/// <param name="Own">Its certificate, with the key.</param>
/// <param name="Chain">Those that sign it.</param>
internal sealed record ServerCertificate(X509Certificate2 Own, X509Certificate2Collection Chain)
{
    /// <summary>Reads PEM files; null when there is no certificate.</summary>
    public static ServerCertificate? Load(string? certificateFile, string? keyFile)
    {
        if (certificateFile is null) return null;
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            if (chain.Count > 0) chain.RemoveAt(0);
            return new(X509Certificate2.CreateFromPemFile(certificateFile, keyFile ?? certificateFile), chain);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "vault-server.certificate-invalid", $"The certificate {certificateFile} cannot be used: {error.Message}", "Give PEM files with --tls-cert and --tls-key.", error);
        }
    }
}
