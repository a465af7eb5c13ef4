using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Pruning;

namespace Holdfast.Cli.Vaults;

/// <summary>The options of a prune, named as restic names them.</summary>
internal sealed class PruneSettings
{
    private readonly Option<string?> _maxUnused = Arguments.Text("--max-unused", "How much unused data may stay: 5% (the default), 200M or unlimited.", "LIMIT");
    private readonly Option<string?> _maxRepack = Arguments.Text("--max-repack-size", "Repack at most this much.", "SIZE");
    private readonly Option<bool> _cacheable = new("--repack-cacheable-only") { Description = "Repack only packs of trees." };
    private readonly Option<bool> _small = new("--repack-small") { Description = "Repack packs below 80 % of the target size." };
    private readonly Option<bool> _uncompressed = new("--repack-uncompressed") { Description = "Repack data that is not compressed." };

    public Verb AddTo(Verb command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_maxUnused, _maxRepack, _cacheable, _small, _uncompressed]) command.Add(option);
        return command;
    }

    public PruneOptions Read(Invocation run)
    {
        var options = new PruneOptions { RepackCacheableOnly = run.Get(_cacheable), RepackSmall = run.Get(_small), RepackUncompressed = run.Get(_uncompressed) };
        if (run.Get(_maxUnused) is { } maxUnused) options = options.WithMaxUnused(maxUnused);
        return run.Get(_maxRepack) is { } maxRepack ? options with { MaxRepackBytes = SizeText.Parse(maxRepack) } : options;
    }
}
