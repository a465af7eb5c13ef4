using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Serving;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault-server user NAME</c></summary>
internal static class VaultServerUserCommand
{
    private const string PasswordVariable = "HOLDFAST_USER_PASSWORD";

    public static Verb Create()
    {
        var name = new Argument<string>("NAME") { Description = "The user." };
        var path = new Option<string?>("--path") { Description = "Below which path their vaults are; users with one path share its vaults. The default is their name.", HelpName = "PATH" };
        var passwordFile = new Option<string?>("--user-password-file") { Description = $"The file with their password; else ${PasswordVariable}, else you are asked.", HelpName = "FILE" };
        return new Verb("user", "Print a user's line; append it to the file that --users names.",
            "holdfast vault-server user anna", "holdfast vault-server user node-a --path /office") { name, path, passwordFile }
            .Does(async (run, cancellationToken) => run.Report.Out.WriteLine(VaultUsers.Line(run.Get(name), await PasswordAsync(run, run.Get(passwordFile), cancellationToken), run.Get(path))));
    }

    private static async Task<string> PasswordAsync(Invocation run, string? file, CancellationToken cancellationToken)
    {
        if (file is not null) return Read(file);
        if (run.Surroundings.Environment(PasswordVariable) is { Length: > 0 } given) return given;
        if (!run.Surroundings.CanAskSecret) throw new UsageException("password-missing", "No password is given, and there is nobody to ask.", $"Name a file with --user-password-file, or set {PasswordVariable}.");
        return await SecretPrompt.AskTextAsync(run, "Password of the user: ", cancellationToken) is { Length: > 0 } typed ? typed
            : throw new UsageException("password-missing", "An empty password is none.", "Try again.");
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n') is { Length: > 0 } password ? password
                : throw new UsageException("password-missing", $"The file '{file}' is empty.", "Write the password into it.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "file.not-read", $"'{file}' cannot be read: {refused.Message}", "Name another file.", refused);
        }
    }
}
