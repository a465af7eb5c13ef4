using System.Text;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Tests;

/// <summary>Runs the real command line in this process, with its surroundings held.</summary>
internal static class CommandLineRun
{
    public static async Task<Ran> OfAsync(string[] arguments, string input = "", bool canAsk = false, bool canAskSecret = false, bool outIsTerminal = false, CancellationToken interrupted = default, TextWriter? output = null, TextReader? reader = null, TimeProvider? time = null, Func<string, string?>? environment = null)
    {
        var (written, errors) = (new StringWriter(), new StringWriter());
        var exit = await HoldfastCommandLine.RunAsync(arguments, new Surroundings
        {
            In = reader ?? new StringReader(input),
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Out = output ?? written,
            Error = errors,
            OutIsTerminal = outIsTerminal,
            CanAsk = canAsk,
            CanAskSecret = canAsk || canAskSecret,
            Width = 80,
            Environment = environment ?? (_ => null),
            Time = time ?? TimeProvider.System,
            Interrupted = interrupted,
        });
        return new Ran(exit, written.ToString(), errors.ToString());
    }

    public static Task<Ran> OfAsync(string line) => OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
