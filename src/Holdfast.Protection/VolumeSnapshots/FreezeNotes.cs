namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>Notes of what is frozen, for whoever starts after a kill that took the guard as well.</summary>
/// <param name="folder">Where they are: a folder in memory such as <c>/run/holdfast/frozen</c>, since a boot thaws everything.</param>
public sealed class FreezeNotes(string folder)
{
    /// <summary>Gets where they are.</summary>
    public string Folder { get; } = Directory.CreateDirectory(folder).FullName;

    /// <summary>Thaws what dead runs left frozen; what was thawed.</summary>
    /// <remarks>To be called at the start of the agent. What a living backup holds frozen is left to it.</remarks>
    public IReadOnlyList<string> ThawLeftOvers()
    {
        var thawed = new List<string>();
        foreach (var note in Directory.EnumerateFiles(Folder))
        {
            using var abandoned = TryLock(note, FileMode.Open);
            if (abandoned is null) continue; // Whoever froze it lives, and so does its guard.
            using var reader = new StreamReader(abandoned, leaveOpen: true);
            var mount = reader.ReadToEnd();
            try
            {
                if (Directory.Exists(mount))
                {
                    Freeze.Thaw(mount);
                    thawed.Add(mount);
                }
            }
            catch (HoldfastException)
            {
                continue; // The note stays for the next start: whoever calls this has more to do.
            }

            File.Delete(note);
        }

        return thawed;
    }

    /// <summary>Notes that something is about to be frozen. The note is locked for as long as it is open: when its process dies, however, it is nobody's.</summary>
    internal FileStream Write(string mount)
    {
        var note = TryLock(Path.Combine(Folder, Guid.NewGuid().ToString("N")), FileMode.CreateNew) ?? throw new IOException($"A note cannot be made in '{Folder}'.");
        note.Write(System.Text.Encoding.UTF8.GetBytes(mount));
        note.Flush();
        return note;
    }

    private static FileStream? TryLock(string note, FileMode mode)
    {
        try
        {
            return new FileStream(note, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
