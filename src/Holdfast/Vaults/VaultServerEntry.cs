using System.Runtime.CompilerServices;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Serving;

namespace Holdfast.Cli.Vaults;

/// <summary>The one line at which the command line hands over to the vault server.</summary>
internal static class VaultServerEntry
{
    // Apart, so that no other command loads ASP.NET Core.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task RunAsync(VaultServerOptions options, Invocation run, CancellationToken cancellationToken)
    {
        await using var server = await VaultServer.StartAsync(options, cancellationToken);
        foreach (var address in server.Addresses) run.Report.Line($"Serving the vaults in {options.DataDirectory} at rest:{address}{(options.UsersFile is null ? "" : "USER/")}");
        run.Report.Out.Flush();
        await server.RunAsync(cancellationToken);
    }
}
