using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Recovery;

/// <summary>The closed epochs of every role, in <c>$RUN/closed-epochs</c>: they outlive the leash, but not the boot, after which the node waits out its old lease like a stranger.</summary>
internal static class ClosedEpochs
{
    public static Dictionary<string, RoleEpoch> Load(string runDirectory)
    {
        var closed = new Dictionary<string, RoleEpoch>(StringComparer.Ordinal);
        var path = PathIn(runDirectory);
        if (!File.Exists(path)) return closed;
        foreach (var line in File.ReadLines(path))
        {
            var fields = line.Split('\t');
            if (fields.Length == 3) closed[fields[0]] = new(int.Parse(fields[1]), long.Parse(fields[2]));
        }

        return closed;
    }

    public static void Save(string runDirectory, IReadOnlyDictionary<string, RoleEpoch> closed)
    {
        var next = PathIn(runDirectory) + ".new";
        File.WriteAllLines(next, closed.Select(entry => $"{entry.Key}\t{entry.Value.Generation}\t{entry.Value.Number}"));
        File.Move(next, PathIn(runDirectory), overwrite: true);
    }

    private static string PathIn(string runDirectory) => Path.Combine(runDirectory, "closed-epochs");
}
