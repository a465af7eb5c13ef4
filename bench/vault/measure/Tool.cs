namespace Holdfast.Bench.Vault;

/// <summary>A backup program and how it is asked for each step.</summary>
internal abstract record Tool(string Name, string Vault, string PasswordFile)
{
    public virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    public abstract string[] Init { get; }

    public abstract string[] Backup(string source);

    /// <summary>A backup of an image.</summary>
    public virtual string[] BackupImage(string image) => Backup(image);

    /// <summary>Restores what was backed up last.</summary>
    public abstract string[] Restore(string target);

    public abstract string[] Check { get; }

    public long Length => new DirectoryInfo(Vault).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}

internal sealed record Restic(string Vault, string PasswordFile) : Tool("restic", Vault, PasswordFile)
{
    private string[] Common => ["restic", "-q", "--no-cache", "-r", Vault, "--password-file", PasswordFile];

    public override string[] Init => [.. Common, "init"];

    public override string[] Backup(string source) => [.. Common, "backup", source];

    public override string[] Restore(string target) => [.. Common, "restore", "latest", "--target", target];

    public override string[] Check => [.. Common, "check", "--read-data"];
}

internal sealed record Borg(string Vault, string PasswordFile) : Tool("borg", Vault, PasswordFile)
{
    private int _number;

    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["BORG_PASSCOMMAND"] = $"cat {PasswordFile}", ["BORG_BASE_DIR"] = Vault + ".base", ["BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"] = "yes" };

    public override string[] Init => ["borg", "init", "-e", "repokey-blake2", Vault];

    public override string[] Backup(string source) => ["borg", "create", "-C", "zstd,3", $"{Vault}::n{++_number}", source];

    public override string[] Restore(string target) => ["sh", "-c", $"cd {target} && exec borg extract {Vault}::n{_number}"];

    public override string[] Check => ["borg", "check", "--verify-data", Vault];
}

internal sealed record Ours(string Program, string Vault, string PasswordFile) : Tool("holdfast", Vault, PasswordFile)
{
    private string[] Common => ["--vault", Vault, "--password-file", PasswordFile];

    public override string[] Init => [Program, "vault", "init", .. Common];

    public override string[] Backup(string source) => [Program, "backup", .. Common, source];

    public override string[] BackupImage(string image) => [Program, "backup", .. Common, "--image", image];

    public override string[] Restore(string target) => [Program, "restore", .. Common, "--target", target, "latest"];

    public override string[] Check => [Program, "vault", "check", .. Common, "--read-data"];
}
