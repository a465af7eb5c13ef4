using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Bench.Vault;

/// <summary>Every program in turn does the same, several times; medians and ratios to the first peer are printed.</summary>
internal sealed class Comparison(string root, string folder, int runs, double scale)
{
    private readonly Dictionary<(string Step, string Tool), List<Cost>> _costs = [];
    private readonly Dictionary<(string Step, string Tool), List<double>> _megabytes = [];
    private readonly List<string> _steps = [];

    /// <summary>Runs the parts named: <c>tree</c>, <c>image</c>, <c>growth</c>, <c>sparse</c>.</summary>
    public void Run(IReadOnlyCollection<string> parts)
    {
        if (parts.Contains("tree")) MeasureTree();
        if (parts.Contains("image")) MeasureImage();
        if (parts.Contains("growth")) MeasureGrowth();
        if (parts.Contains("sparse")) MeasureSparse();
    }

    private void MeasureTree()
    {
        var source = Path.Combine(folder, "tree");
        if (!Directory.Exists(source)) DataSets.MakeTree(source, scale, seed: 1);
        for (var run = 1; run <= runs; run++)
        {
            foreach (var tool in Tools(["restic", "borg", "holdfast"]))
            {
                var target = Directory.CreateDirectory(Path.Combine(folder, "restored", string.Create(CultureInfo.InvariantCulture, $"{tool.Name}-{run}"))).FullName;
                Cost.Of(tool.Init, tool.Environment);
                Step("tree: first backup", tool, tool.Backup(source));
                Step("tree: nothing changed", tool, tool.Backup(source), isAdded: true);
                Step("tree: restore", tool, tool.Restore(target));
                Step("tree: check, all data read", tool, tool.Check);
                RequireEqual(source, target + source);
                Clean(tool);
            }
        }

        // Not before: ext4 steps around inodes that were freed in the last minutes, which took half the processor time of a restore that came after another's was removed.
        Remove(Path.Combine(folder, "restored"));
        Print("tree", "holdfast");
    }

    private void MeasureImage()
    {
        OnXfs(mount =>
        {
            var first = Path.Combine(mount, "first.img");
            DataSets.MakeImage(first, seed: 1);
            var image = Path.Combine(mount, "disk.img");
            for (var run = 1; run <= runs; run++)
            {
                foreach (var tool in Tools(["restic", "borg", "holdfast"]))
                {
                    Shell($"rm -f {mount}/disk*.img {mount}/.holdfast.*; cp --reflink=always {first} {image}; sync {image}");
                    Cost.Of(tool.Init, tool.Environment);
                    Step("image: first backup", tool, tool.BackupImage(image));
                    Step("image: nothing changed", tool, tool.BackupImage(image), isAdded: true);
                    DataSets.Scatter(image, seed: run);
                    Step("image: 1 % scattered", tool, tool.BackupImage(image), isAdded: true);
                    var target = Directory.CreateDirectory(Path.Combine(folder, "restored")).FullName;
                    Step("image: restore", tool, tool.Restore(target));
                    Remove(target);
                    Step("image: check, all data read", tool, tool.Check);
                    Clean(tool);
                }
            }
        });
        Print("image", "holdfast");
    }

    /// <summary>A terabyte image that is nearly all hole: what it costs beside its data. Ours alone, for others read the holes.</summary>
    private void MeasureSparse()
    {
        OnXfs(mount =>
        {
            var image = Path.Combine(mount, "sparse.img");
            var tool = Tools(["holdfast"]).Single();
            Cost.Of(tool.Init, tool.Environment);
            using (var file = File.Create(image)) file.SetLength(2L << 40);
            Shell($"sync {image}; sleep 3"); // A file of the last two seconds is not taken for unwritten.
            Step("sparse: nothing in it", tool, tool.BackupImage(image), isAdded: true);
            DataSets.WriteScattered(image, pieces: 4096, length: 512 << 10, seed: 1);
            Shell($"sync {image}; sleep 3");
            Step("sparse: 2 GiB in 4096 places", tool, tool.BackupImage(image), isAdded: true);
            Step("sparse: nothing changed", tool, tool.BackupImage(image), isAdded: true);
            DataSets.WriteScattered(image, pieces: 1000, length: 4 << 10, seed: 2);
            Step("sparse: 1000 blocks written", tool, tool.BackupImage(image), isAdded: true);
            var target = Directory.CreateDirectory(Path.Combine(mount, "restored")).FullName;
            Step("sparse: restore", tool, tool.Restore(target));
            // Only where there is something: to compare all the holes would take longer than everything else.
            DataSets.RequireSame(image, Path.Combine(target, "sparse.img"), pieces: 4096, length: 512 << 10, seed: 1);
            DataSets.RequireSame(image, Path.Combine(target, "sparse.img"), pieces: 1000, length: 4 << 10, seed: 2);
            Clean(tool);
        });
        Print("sparse", "holdfast");
    }

    /// <summary>On a file system with shared extents, which the map of changed blocks needs.</summary>
    private void OnXfs(Action<string> measure)
    {
        var mount = Directory.CreateDirectory(Path.Combine(folder, "xfs")).FullName;
        Shell($"truncate -s 16G {mount}.img && mkfs.xfs -q -m reflink=1 {mount}.img && mount -o loop {mount}.img {mount}");
        try
        {
            measure(mount);
        }
        finally
        {
            Shell($"umount {mount}; rm -f {mount}.img; rmdir {mount}");
        }
    }

    private void MeasureGrowth()
    {
        // Ten trees of their own, into one vault: what the first backup and the tenth need.
        foreach (var tool in Tools(["restic", "holdfast"]))
        {
            Cost.Of(tool.Init, tool.Environment);
            for (var number = 1; number <= 10; number++)
            {
                var source = Path.Combine(folder, $"tree{number}");
                DataSets.MakeTree(source, 0.4 * scale, seed: 100 + number);
                Step($"growth: backup {number} of 10", tool, tool.Backup(source));
                Remove(source);
            }

            Clean(tool);
        }

        Print("growth", "holdfast");
    }

    private IEnumerable<Tool> Tools(IReadOnlyCollection<string> names)
    {
        var password = Path.Combine(folder, "password");
        File.WriteAllText(password, "correct horse battery staple\n");
        Tool[] all = [new Restic(Path.Combine(folder, "restic"), password), new Borg(Path.Combine(folder, "borg"), password), new Ours(Path.Combine(root, "dist", "holdfast"), Path.Combine(folder, "holdfast"), password)];
        return all.Where(tool => names.Contains(tool.Name));
    }

    private void Step(string step, Tool tool, string[] command, bool isAdded = false)
    {
        Shell("sync");
        var before = tool.Length;
        var cost = Cost.Of(command, tool.Environment);
        if (!_steps.Contains(step)) _steps.Add(step);
        Add(_costs, cost);
        Add(_megabytes, (tool.Length - (isAdded ? before : 0)) / 1e6);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step}, {tool.Name}: {cost.Wall:0.00} s, {cost.Cpu:0.00} s CPU, {cost.PeakMegabytes:0} MB"));

        void Add<T>(Dictionary<(string, string), List<T>> to, T value) => (to.TryGetValue((step, tool.Name), out var list) ? list : to[(step, tool.Name)] = []).Add(value);
    }

    private void Print(string part, string ours)
    {
        Console.WriteLine("| step | program | wall s (min–max) | CPU s | peak MB | vault, or added, MB | wall | CPU | peak | size: × restic |");
        Console.WriteLine("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |");
        foreach (var step in _steps.Where(step => step.StartsWith(part, StringComparison.Ordinal)))
        {
            var peer = _costs.GetValueOrDefault((step, "restic"));
            foreach (var tool in new[] { "restic", "borg", ours }.Where(tool => _costs.ContainsKey((step, tool))))
            {
                var costs = _costs[(step, tool)];
                var (wall, cpu, peak, size) = (Median(costs.Select(cost => cost.Wall)), Median(costs.Select(cost => cost.Cpu)), Median(costs.Select(cost => cost.PeakMegabytes)), Median(_megabytes[(step, tool)]));
                var ratios = peer is null ? " | | | " : string.Create(CultureInfo.InvariantCulture, $"{wall / Median(peer.Select(cost => cost.Wall)):0.00} | {cpu / Median(peer.Select(cost => cost.Cpu)):0.00} | {peak / Median(peer.Select(cost => cost.PeakMegabytes)):0.00} | {size / Math.Max(0.001, Median(_megabytes[(step, "restic")])):0.00}");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {step} | {tool} | {wall:0.00} ({costs.Min(cost => cost.Wall):0.00}–{costs.Max(cost => cost.Wall):0.00}) | {cpu:0.00} | {peak:0} | {size:0.0} | {ratios} |"));
            }
        }

        Console.WriteLine();
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static void RequireEqual(string source, string restored) => Shell($"diff -rq {source} {restored}");

    private static void Clean(Tool tool)
    {
        Remove(tool.Vault);
        Remove(tool.Vault + ".base");
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private static void Shell(string script)
    {
        using var process = Process.Start("sh", ["-ec", script]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{script}' ended with {process.ExitCode}.");
    }
}
