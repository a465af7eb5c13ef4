using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault key …</c></summary>
internal static class VaultKeyCommands
{
    public static VerbGroup Create() => new("key", "List and change the passwords that open a vault.", "holdfast vault key list --vault /srv/vault", "holdfast vault key passwd --vault /srv/vault")
    {
        List(),
        Add(),
        Remove(),
        Passwd(),
    };

    private static Verb List()
    {
        var access = new VaultAccess();
        return access.AddTo(new Verb("list", "List the keys; each has a password of its own. The one in use has a star.", "holdfast vault key list --vault /srv/vault"))
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var keys = await vault.Repository.Keys.ListAsync(cancellationToken);
                run.Report.Result([.. keys.Select(key => new VaultKeyLine(key.Name, key.User, key.Host, key.Created, key.IsCurrent))], VaultsJson.Default.VaultKeyLineArray, lines =>
                {
                    var table = new TextTable("", "ID", "USER", "HOST", "CREATED");
                    foreach (var line in lines) table.Row(line.Current ? "*" : " ", line.Id[..10], line.User, line.Host, line.Created?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-");
                    table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
                });
            });
    }

    private static Verb Add()
    {
        var (access, file) = (new VaultAccess(), NewPasswordFile());
        return access.AddTo(new Verb("add", "Add a password that opens the vault too.", "holdfast vault key add --vault /srv/vault --new-password-file /etc/second.password") { file })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                using var password = await access.NewPasswordAsync(run, run.Get(file), cancellationToken);
                Show(run, "added", await vault.Repository.Keys.AddAsync(password, parameters: null, cancellationToken), id => $"The key {id} was added: its password opens the vault too.");
            });
    }

    private static Verb Remove()
    {
        var access = new VaultAccess();
        var key = new Argument<string>("KEY") { Description = "The first digits of the key's id." };
        return access.AddTo(new Verb("remove", "Remove a key: its password opens the vault no more. Not the one in use.", "holdfast vault key remove 5c657874 --vault /srv/vault") { key })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                Show(run, "removed", await vault.Repository.Keys.RemoveAsync(run.Get(key), cancellationToken), id => $"The key {id} was removed: its password opens the vault no more.");
            });
    }

    private static Verb Passwd()
    {
        var (access, file) = (new VaultAccess(), NewPasswordFile());
        return access.AddTo(new Verb("passwd", "Replace the password in use by a new one.", "holdfast vault key passwd --vault /srv/vault --new-password-file /etc/new.password") { file })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                using var password = await access.NewPasswordAsync(run, run.Get(file), cancellationToken);
                Show(run, "replaced", await vault.Repository.Keys.ChangePasswordAsync(password, parameters: null, cancellationToken), id => $"The new password opens the vault (key {id}); the old one does so no more.");
            });
    }

    private static Option<string?> NewPasswordFile() => new("--new-password-file") { Description = "The file with the new password; else you are asked.", HelpName = "FILE" };

    private static void Show(Invocation run, string change, string id, Func<string, string> sentence) =>
        run.Report.Result(new VaultKeyChange(change, id), VaultsJson.Default.VaultKeyChange, done => run.Report.Line(sentence(done.Id[..10])));
}
