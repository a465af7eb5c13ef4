using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Jobs;

/// <summary>Where the files of a node's workers are.</summary>
/// <param name="StateDirectory">Survives a restart of the machine: what workers printed, results on their way.</param>
/// <param name="RunDirectory">Of this boot: the pipes.</param>
internal sealed record JobFiles(string StateDirectory, string RunDirectory)
{
    /// <summary>Gets the folder of results on their way.</summary>
    public string Spool => Path.Combine(StateDirectory, "jobs", "spool");

    /// <summary>What an attempt prints.</summary>
    public string Output(RoleName job, string nonce) => Path.Combine(Folder(job), $"{nonce}.out");

    /// <summary>The pipe that an attempt reads from. Its folder can be passed through but not listed.</summary>
    public string Input(RoleName job, string nonce) => Path.Combine(Pipes, $"{job}.{nonce}.in");

    /// <summary>Makes the folders.</summary>
    public void Prepare(RoleName job)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Folder(job), Owner);
        var pipes = Directory.CreateDirectory(Pipes).FullName;
        File.SetUnixFileMode(pipes, Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    /// <summary>Removes what attempts of a job left, but that of one.</summary>
    public void Clear(RoleName job, string? except)
    {
        foreach (var (folder, pattern, kept) in new[] { (Folder(job), "*.out", Output(job, except ?? "")), (Pipes, $"{job}.*.in", Input(job, except ?? "")) })
        {
            if (!Directory.Exists(folder)) continue;
            foreach (var left in Directory.EnumerateFiles(folder, pattern).Where(left => left != kept).ToList()) File.Delete(left);
        }
    }

    private string Pipes => Path.Combine(RunDirectory, "workers");

    private string Folder(RoleName job) => Path.Combine(StateDirectory, "jobs", "runs", job.Value);
}
