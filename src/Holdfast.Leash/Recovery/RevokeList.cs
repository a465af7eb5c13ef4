using Holdfast.Leash.Core;

namespace Holdfast.Leash.Recovery;

/// <summary>
/// What a successor must revoke should this leash die: <c>$RUN/revoke</c>, one line for each address, mount and whatever else a unit
/// does outside of its namespace, written before the effect is made and taken out after it is verified gone (leases rule 14). Processes need no line: they carry a mark.
/// </summary>
internal sealed class RevokeList(string runDirectory)
{
    private readonly Dictionary<UnitEntry, string> _lines = [];
    private readonly string _path = PathIn(runDirectory);

    public static string PathIn(string runDirectory) => Path.Combine(runDirectory, "revoke");

    public static string[] Read(string runDirectory) => File.Exists(PathIn(runDirectory)) ? File.ReadAllLines(PathIn(runDirectory)) : [];

    public void Add(UnitEntry unit, string line)
    {
        _lines[unit] = line;
        File.AppendAllText(_path, line + "\n"); // The run folder is in memory and forgotten with the boot: no fsync.
    }

    public void Remove(UnitEntry unit)
    {
        if (_lines.Remove(unit)) Write(runDirectory, _lines.Values);
    }

    public static void Write(string runDirectory, IEnumerable<string> lines)
    {
        var next = PathIn(runDirectory) + ".new";
        File.WriteAllLines(next, lines);
        File.Move(next, PathIn(runDirectory), overwrite: true);
    }
}
