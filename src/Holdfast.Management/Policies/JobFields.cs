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
        var (key, rest) = field.IndexOfAny(['.', '[']) is > 0 and var end ? (field[..end], field[end..]) : (field, "");
        return (key, purpose) switch
        {
            ("schedule", "prune") => "retention.when",
            ("schedule", "check") => "verification.checkWhen",
            ("schedule", "proof") => "verification.proofWhen",
            ("schedule", _) => "schedule.when",
            ("possible-owners", _) or ("placement", _) when key == "possible-owners" || rest == ".required" => "schedule.required",
            ("placement" or "preferred-owners", _) => "schedule.preferred",
            ("keep" or "delay", _) => $"retention.{field}",
            ("read", _) => "verification.checkRead",
            ("scratch" or "sample", _) => $"verification.{field}",
            ("vault" or "password-file", _) => "vaults",
            ("user", _) => "user",
            ("paths" or "exclude" or "database" or "engine" or "data" or "spool" or "superuser" or "socket", _) => "things",
            _ => ScheduleWords.All.Any(rule => rule.Name == key) ? $"schedule.{ScheduleWords.InJson(key)}{rest}" : field,
        };
    }
}
