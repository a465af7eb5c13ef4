using Spectre.Console;

namespace Holdfast.Cli.Output;

/// <summary>Makes the drawing library write where the command writes, and no colour where none is wanted.</summary>
internal static class SpectreConsole
{
    public static IAnsiConsole For(Report report)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = report.Live ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = report.Palette.Enabled ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = report.Live ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(report.Out),
        });
        console.Profile.Width = report.Width;
        return console;
    }
}
