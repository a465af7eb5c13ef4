using System.Text;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Crypto;

namespace Holdfast.Cli.Vaults;

/// <summary>Asks a person for a password, without showing it.</summary>
internal static class SecretPrompt
{
    /// <summary>The password; null when there is nobody to ask.</summary>
    public static async Task<VaultPassword?> AskAsync(Invocation run, string question, CancellationToken cancellationToken) =>
        await AskTextAsync(run, question, cancellationToken) is { } text ? new VaultPassword(text) : null;

    /// <summary>The same for a password that is none of a vault.</summary>
    public static async Task<string?> AskTextAsync(Invocation run, string question, CancellationToken cancellationToken)
    {
        if (!run.Surroundings.CanAskSecret) return null;
        // On standard error: standard output may be JSON, or a file's content.
        run.Surroundings.Error.Write(question);
        run.Surroundings.Error.Flush();
        // Nothing interrupts a read of the terminal; it is left behind when the command is.
        var line = await Task.Run(run.Surroundings.ReadSecret ?? run.Surroundings.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        run.Surroundings.Error.WriteLine();
        return line;
    }

    /// <summary>Reads a line from the terminal, with nothing shown; null at its end.</summary>
    public static string? ReadFromTerminal()
    {
        var text = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return text.ToString();
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control:
                    return text.Length == 0 ? null : text.ToString();
                case ConsoleKey.U when key.Modifiers == ConsoleModifiers.Control:
                    text.Clear();
                    break;
                case ConsoleKey.Backspace:
                    if (text.Length > 0) text.Length--;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar)) text.Append(key.KeyChar);
                    break;
            }
        }
    }
}
