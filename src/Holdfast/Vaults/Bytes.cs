using System.Globalization;

namespace Holdfast.Cli.Vaults;

/// <summary>Sizes as people read them.</summary>
internal static class Bytes
{
    private const int Step = 1024;
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string Text(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= Step && unit < Units.Length - 1) (value, unit) = (value / Step, unit + 1);
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    public static string Text(long? bytes) => bytes is { } known ? Text(known) : "-";
}
