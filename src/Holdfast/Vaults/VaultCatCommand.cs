using System.CommandLine;
using System.Text;
using System.Text.Json;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault cat</c>: what a file of a vault says, for whoever looks into one.</summary>
internal static class VaultCatCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var kind = new Argument<string>("KIND") { Description = "config, snapshot, index or lock." };
        kind.AcceptOnlyFromAmong("config", "snapshot", "index", "lock");
        var id = new Argument<string?>("ID") { Description = "The file's id, or its first digits; not for the config.", Arity = ArgumentArity.ZeroOrOne };
        return access.AddTo(new Verb("cat", "Print the JSON in a file of the vault, deciphered.", "holdfast vault cat config --vault /srv/vault", "holdfast vault cat snapshot 5c657874 --vault /srv/vault") { kind, id })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var file = await FindAsync(vault.Repository, run.Get(kind), run.Get(id), cancellationToken);
                var json = await vault.Repository.LoadUnpackedAsync(file, cancellationToken);
                run.Surroundings.Out.WriteLine(run.Json ? Encoding.UTF8.GetString(json) : Indented(json));
            });
    }

    private static async Task<VaultFile> FindAsync(VaultRepository vault, string kind, string? id, CancellationToken cancellationToken)
    {
        if (kind == "config") return VaultFile.Config;
        if (string.IsNullOrEmpty(id)) throw new UsageException("argument-missing", $"'holdfast vault cat {kind}' needs ID.", "List the ids: holdfast snapshots");
        var wanted = kind switch { "snapshot" => VaultFileKind.Snapshot, "index" => VaultFileKind.Index, _ => VaultFileKind.Lock };
        var found = new List<VaultFile>();
        await foreach (var entry in vault.Backend.ListAsync(wanted, cancellationToken))
        {
            if (entry.File.Name.StartsWith(id, StringComparison.Ordinal)) found.Add(entry.File);
        }

        return found switch
        {
            [var only] => only,
            [] => throw new HoldfastException(ErrorKind.NotFound, "vault.file-missing", $"The vault {vault.Backend.Location} has no {kind} whose id begins with '{id}'."),
            _ => throw new HoldfastException(ErrorKind.Invalid, "vault.id-ambiguous", $"The ids of {found.Count} files begin with '{id}'.", "Give more digits."),
        };
    }

    private static string Indented(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true })) document.WriteTo(writer);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
