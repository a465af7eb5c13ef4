using System.Text;
using Holdfast.Cli.Vaults;

namespace Holdfast.Cli.CommandLine;

/// <summary>Everything a command touches outside itself and the agent, so that a test can hold it.</summary>
internal sealed record Surroundings
{
    public required TextReader In { get; init; }

    /// <summary>Gets what opens standard input for a command that takes bytes from it.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Gets what opens standard output for a command that writes bytes to it.</summary>
    public Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Gets whether a person watches standard output.</summary>
    public required bool OutIsTerminal { get; init; }

    /// <summary>Gets whether a person can be asked: both standard input and output are a terminal.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>Gets whether a person can be asked for what is not shown: standard input and error are a terminal. Output may go into a file.</summary>
    public required bool CanAskSecret { get; init; }

    /// <summary>Gets what reads a line that is not shown; null: a line of <see cref="In"/>.</summary>
    public Func<string?>? ReadSecret { get; init; }

    /// <summary>Gets how many columns output may take.</summary>
    public required int Width { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Gets the token of Ctrl-C and SIGTERM.</summary>
    public CancellationToken Interrupted { get; init; }

    /// <summary>Gets whether colour is welcome: a terminal, and no <c>NO_COLOR</c> (no-color.org: set and not empty).</summary>
    public bool Colour => OutIsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") != "dumb";

    /// <summary>The real ones.</summary>
    public static Surroundings OfProcess()
    {
        var terminal = !Console.IsOutputRedirected;
        return new Surroundings
        {
            In = Console.In,
            OpenOutput = static () => new StandardStream(1, mustArrive: true),
            Out = WriterOf(new StandardStream(1, mustArrive: true)),
            Error = WriterOf(new StandardStream(2, mustArrive: false)),
            OutIsTerminal = terminal,
            CanAsk = terminal && !Console.IsInputRedirected,
            CanAskSecret = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            ReadSecret = SecretPrompt.ReadFromTerminal,
            Width = terminal && Console.WindowWidth is > 40 and var width ? width : 80,
            Environment = System.Environment.GetEnvironmentVariable,
            Time = TimeProvider.System,
        };
    }

    // Synchronized, as the console's own are: progress and warnings come from several threads.
    private static TextWriter WriterOf(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });
}
