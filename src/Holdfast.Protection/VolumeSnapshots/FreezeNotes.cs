namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>Notes of what is frozen, for whoever starts after a kill that took the guard as well.</summary>
/// <param name="folder">Where they are: a folder in memory such as <c>/run/holdfast/frozen</c>, since a boot thaws everything.</param>
public sealed class FreezeNotes(string folder)
{
    /// <summary>Gets where they are.</summary>
    public string Folder { get; } = Directory.CreateDirectory(folder).FullName;

    /// <summary>Thaws what dead runs left frozen; what was thawed.</summary>
    /// <remarks>To be called at the start of the agent, before it runs any backup.</remarks>
    public IReadOnlyList<string> ThawLeftOvers()
    {
        var thawed = new List<string>();
        foreach (var note in Directory.EnumerateFiles(Folder))
        {
            var mount = File.ReadAllText(note);
            if (Directory.Exists(mount))
            {
                Freeze.Thaw(mount);
                thawed.Add(mount);
            }

            File.Delete(note);
        }

        return thawed;
    }

    internal string Write(string mount)
    {
        var note = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        File.WriteAllText(note, mount);
        return note;
    }
}
