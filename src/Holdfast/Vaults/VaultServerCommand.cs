using System.CommandLine;
using System.Net;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Serving;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault-server</c></summary>
internal static class VaultServerCommand
{
    private const int DefaultPort = 8000; // rest-server's.

    public static Verb Create()
    {
        var listen = new Option<string[]>("--listen")
        {
            Description = $"Where to listen: ADDRESS:PORT, or :PORT for all addresses. The default is 127.0.0.1:{DefaultPort}.",
            HelpName = "ADDRESS",
        };
        var data = new Option<string>("--data") { Description = "The directory below which the vaults are; it must exist.", HelpName = "DIR", Required = true };
        var appendOnly = new Option<bool>("--append-only") { Description = "Refuse to remove anything but locks, so that who breaks into a client cannot delete its backups." };
        var quota = new Option<long?>("--quota")
        {
            Description = "How much all vaults together may take, such as 500G or 2T. Locks and indexes may exceed it by a twentieth, so that a full vault can be pruned.",
            HelpName = "SIZE",
            CustomParser = result =>
            {
                if (ByteSize.TryParse(result.Tokens[0].Value, out var bytes) && bytes > 0) return bytes;
                result.AddError($"--quota '{result.Tokens[0].Value}' is not a size such as 500G");
                return null;
            },
        };
        var certificate = new Option<string?>("--tls-cert") { Description = "The server's certificate and those that sign it, as PEM.", HelpName = "FILE" };
        var key = new Option<string?>("--tls-key") { Description = "The certificate's key, as PEM. The default is the same file.", HelpName = "FILE" };
        var users = new Option<string?>("--users") { Description = "The file of users, each with vaults of their own; without it everybody may use all. See 'holdfast vault-server user'.", HelpName = "FILE" };
        return new Verb("vault-server", "Serve vaults to restic and Holdfast over the network, by restic's REST protocol.",
            "holdfast vault-server --data /srv/vaults --listen 10.0.0.5:8000 --tls-cert /etc/vaults.pem --users /etc/vaults.users --append-only",
            "holdfast vault-server --data /srv/vaults --quota 2T") { listen, data, appendOnly, quota, certificate, key, users, VaultServerUserCommand.Create() }
            .Does((run, cancellationToken) =>
            {
                if (run.Get(key) is not null && run.Get(certificate) is null) throw new UsageException("certificate-missing", "--tls-key is given without --tls-cert.", "Give both, or the certificate alone when its file has the key too.");
                var options = new VaultServerOptions
                {
                    Listen = run.Get(listen) is { Length: > 0 } places ? [.. places.Select(Place)] : [new IPEndPoint(IPAddress.Loopback, DefaultPort)],
                    DataDirectory = Path.GetFullPath(run.Get(data)),
                    AppendOnly = run.Get(appendOnly),
                    QuotaBytes = run.Get(quota),
                    CertificateFile = run.Get(certificate),
                    KeyFile = run.Get(key),
                    UsersFile = run.Get(users),
                };
                if (options.UsersFile is null && options.Listen.Any(place => !IPAddress.IsLoopback(place.Address)))
                {
                    run.Report.Warn($"whoever reaches this server may use all vaults{(options.AppendOnly ? "" : ", and delete them")}: give a file of users with --users.");
                }
                else if (options.UsersFile is not null && options.CertificateFile is null && options.Listen.Any(place => !IPAddress.IsLoopback(place.Address)))
                {
                    run.Report.Warn("passwords cross the network in the clear: give a certificate with --tls-cert.");
                }

                return VaultServerEntry.RunAsync(options, run, cancellationToken);
            });
    }

    internal static IPEndPoint Place(string text)
    {
        var written = text.StartsWith(':') ? "[::]" + text : text;
        // Without a port the parser takes 0, which would be any free one: nobody means that.
        return IPEndPoint.TryParse(written, out var place) && written.EndsWith($":{place.Port}", StringComparison.Ordinal)
            ? place
            : throw new UsageException("address-invalid", $"'{text}' is not an address to listen at.", $"Write 10.0.0.5:{DefaultPort}, [fd00::5]:{DefaultPort} or :{DefaultPort}.");
    }
}
