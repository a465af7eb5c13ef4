using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Compression;
using Holdfast.Vault.Crypto;

namespace Holdfast.Cli.Vaults;

/// <summary>The options with which every command names a vault and its password, and what opens it. Each command makes its own: a symbol belongs to one command.</summary>
internal sealed class VaultAccess
{
    private const string VaultVariable = "HOLDFAST_VAULT";
    private const string PasswordFileVariable = "HOLDFAST_PASSWORD_FILE";
    private const string PasswordVariable = "HOLDFAST_PASSWORD";

    /// <summary>Gets <c>--vault</c>.</summary>
    public Option<string?> Vault { get; } = new("--vault")
    {
        Description = $"The vault: a directory, rest:https://host:8000/path/ or s3:https://host/bucket; else ${VaultVariable}.",
        HelpName = "URL",
    };

    /// <summary>Gets <c>--password-file</c>.</summary>
    public Option<string?> PasswordFile { get; } = new("--password-file")
    {
        Description = $"The file with its password; else ${PasswordFileVariable}, else ${PasswordVariable}, else you are asked.",
        HelpName = "FILE",
    };

    /// <summary>Gets <c>--compression</c>, for commands that write blobs; they add it themselves.</summary>
    public Option<CompressionMode> Compression { get; } = new("--compression")
    {
        Description = "How hard new data is compressed: auto, off, or max, which is many times slower.",
        HelpName = "auto|off|max",
    };

    /// <summary>Gets how it is reached.</summary>
    public ConnectionOptions Connection { get; } = new();

    /// <summary>Adds the options to a command, and returns it.</summary>
    public T AddTo<T>(T command)
        where T : Command
    {
        command.Add(Vault);
        command.Add(PasswordFile);
        Connection.AddTo(command);
        return command;
    }

    /// <summary>Adds the options to a command that writes blobs, and returns it.</summary>
    public T AddWritingTo<T>(T command)
        where T : Command
    {
        AddTo(command).Add(Compression);
        return command;
    }

    /// <summary>Opens the vault: its password is asked for if need be; its index is not read yet.</summary>
    /// <exception cref="HoldfastException"><c>usage.vault-missing</c>, <c>usage.password-missing</c>, <c>vault.*</c>.</exception>
    public Task<OpenedVault> OpenAsync(Invocation run, CancellationToken cancellationToken) => OpenAsync(run, static () => { }, cancellationToken);

    /// <summary>As above; what needs no key is begun while it is made of the password.</summary>
    public Task<OpenedVault> OpenAsync(Invocation run, Action begin, CancellationToken cancellationToken)
    {
        return Connection.OpenAsync(run, Url(run), AskAsync, new() { Compression = run.Get(Compression), Time = run.Surroundings.Time }, cancellationToken);

        async Task<VaultPassword> AskAsync()
        {
            var password = await PasswordAsync(run, cancellationToken);
            begin();
            return password;
        }
    }

    /// <summary>Where the vault is; nothing is read there.</summary>
    public IVaultBackend OpenBackend(Invocation run) => Connection.Open(run, Url(run));

    /// <summary>The password, from the first place that has one.</summary>
    public async Task<VaultPassword> PasswordAsync(Invocation run, CancellationToken cancellationToken)
    {
        if ((run.Get(PasswordFile) ?? Variable(run, PasswordFileVariable)) is { } file) return VaultPassword.FromFile(file);
        if (Variable(run, PasswordVariable) is { } text) return new VaultPassword(text);
        return await SecretPrompt.AskAsync(run, "Password of the vault: ", cancellationToken)
            ?? throw new UsageException("password-missing", "No password is given, and there is nobody to ask.", $"Name a file with --password-file or in {PasswordFileVariable}, or set {PasswordVariable}.");
    }

    /// <summary>The password of something new: asked for twice, since nobody could ever find a typing error out.</summary>
    public async Task<VaultPassword> NewPasswordAsync(Invocation run, string? file, CancellationToken cancellationToken)
    {
        if (file is not null) return VaultPassword.FromFile(file);
        var first = await SecretPrompt.AskAsync(run, "New password: ", cancellationToken)
            ?? throw new UsageException("password-missing", "No new password is given, and there is nobody to ask.", "Name a file with --new-password-file.");
        using var second = await SecretPrompt.AskAsync(run, "New password again: ", cancellationToken);
        if (second is not null && first.Matches(second)) return first;
        first.Dispose();
        throw new UsageException("password-differs", "The two passwords differ.", "Try again.");
    }

    /// <summary>The first password of a new vault.</summary>
    public Task<VaultPassword> FirstPasswordAsync(Invocation run, CancellationToken cancellationToken) =>
        run.Get(PasswordFile) is null && Variable(run, PasswordFileVariable) is null && Variable(run, PasswordVariable) is null && run.Surroundings.CanAskSecret
            ? NewPasswordAsync(run, file: null, cancellationToken)
            : PasswordAsync(run, cancellationToken);

    private string Url(Invocation run) => run.Get(Vault) ?? Variable(run, VaultVariable)
        ?? throw new UsageException("vault-missing", "No vault is named.", $"Name it with --vault, or in {VaultVariable}.");

    private static string? Variable(Invocation run, string name) => run.Surroundings.Environment(name) is { Length: > 0 } value ? value : null;
}
