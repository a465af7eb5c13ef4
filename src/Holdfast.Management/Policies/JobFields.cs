namespace Holdfast.Management.Policies;

/// <summary>Which field of a policy a field of its jobs came from.</summary>
internal static class JobFields
{
    /// <summary>The policy's field.</summary>
    /// <param name="path">What the job's reader says: <c>roles.NAME.resources.job.schedule</c>, or a key of the document.</param>
    public static string Of(string purpose, string path)
    {
        const string Inner = ".resources.job.";
        var at = path.IndexOf(Inner, StringComparison.Ordinal);
        var field = at >= 0 ? path[(at + Inner.Length)..] : path.StartsWith("roles.", StringComparison.Ordinal) && path.LastIndexOf('.') is > 5 and var dot ? path[(dot + 1)..] : path;
        return (field.Split('.', '[')[0], purpose) switch
        {
            ("schedule", "prune") => "retention.when",
            ("schedule", "check") => "verification.checkWhen",
            ("schedule", "proof") => "verification.proofWhen",
            ("schedule", _) => "schedule.when",
            ("zone" or "window" or "missed" or "late" or "retries" or "bandwidth", _) => $"schedule.{field}",
            ("placement" or "preferred-owners" or "possible-owners", _) => "schedule.preferred",
            ("keep" or "delay", _) => $"retention.{field}",
            ("read", _) => "verification.checkRead",
            ("scratch" or "sample", _) => $"verification.{field}",
            ("vault" or "password-file", _) => "vaults",
            ("user", _) => "user",
            ("paths" or "exclude", _) => "things",
            _ => field,
        };
    }
}
