using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Holdfast.Bench.Vault;

/// <summary>What is backed up: the same bytes on every machine, from seeds.</summary>
internal static class DataSets
{
    private const int Megabyte = 1 << 20;
    private static readonly DateTime Epoch = DateTime.UnixEpoch.AddSeconds(1_700_000_000);
    private static readonly byte[] Hexadecimal = "0123456789abcdef"u8.ToArray();
    private static readonly Lazy<byte[][]> Phrases = new(MakePhrases);

    /// <summary>A tree of 2 GB: 20,000 small texts, 400 files of about a megabyte, five of 256 MB; or a part of it.</summary>
    public static void MakeTree(string folder, double scale, int seed)
    {
        for (var i = 0; i < 20_000 * scale; i++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(folder, "src", $"d{i / 1000:00}", $"m{i / 100 % 10}")).FullName;
            var random = new Random(HashCode("small", seed, i));
            Write(Path.Combine(directory, $"f{i:00000}.txt"), Text(random, Math.Clamp((int)Math.Exp(8.4 + (1.1 * Normal(random))), 16, 131_072)), i);
        }

        var media = Directory.CreateDirectory(Path.Combine(folder, "media")).FullName;
        for (var i = 0; i < 400 * scale; i++)
        {
            var random = new Random(HashCode("medium", seed, i));
            var length = (int)((0.25 + (1.5 * random.NextDouble())) * Megabyte);
            Write(Path.Combine(media, $"m{i:0000}.bin"), i % 2 == 0 ? Text(random, length) : Noise(random, length), i);
        }

        var big = Directory.CreateDirectory(Path.Combine(folder, "big")).FullName;
        for (var i = 0; i < Math.Max(1, 5 * scale); i++) WriteMixed(Path.Combine(big, $"big{i}.bin"), new Random(HashCode("large", seed, i)), (int)Math.Ceiling(256 * Math.Min(1, 5 * scale)));
    }

    /// <summary>A sparse image of 4 GiB with an ext4 file system, 1.5 GB of it used.</summary>
    public static void MakeImage(string path, int seed)
    {
        var folder = path + ".content";
        MakeTree(Path.Combine(folder, "t"), 0.25, seed);
        for (var i = 0; i < 3; i++) WriteMixed(Path.Combine(folder, $"more{i}.bin"), new Random(HashCode("more", seed, i)), 256);
        using (var image = File.Create(path)) image.SetLength(4L << 30);
        Run("mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", "-U", "6a6a6a6a-0000-4000-8000-000000000001", "-d", folder, path);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Changes one per cent of the used blocks of an image, each alone: file contents only, so that the file system stays whole.</summary>
    /// <returns>How many blocks of 4 KiB were changed.</returns>
    public static int Scatter(string path, int seed)
    {
        var random = new Random(HashCode("scatter", seed, 0));
        using var image = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var used = new List<long>();
        var block = new byte[4096];
        for (long at = 0; at < image.Length; at += block.Length)
        {
            image.ReadExactly(block);
            // Not the metadata: what looks like file contents, by being neither empty nor mostly zeroes.
            if (block.AsSpan().Count((byte)0) < 256) used.Add(at);
        }

        var count = used.Count / 100;
        foreach (var index in Enumerable.Range(0, count).Select(_ => random.Next(used.Count)).Distinct())
        {
            image.Position = used[index];
            image.Write(Noise(random, block.Length));
        }

        image.Flush(flushToDisk: true);
        return count;
    }

    /// <summary>Writes pieces of noise at places all over a file, each aligned to 4 KiB.</summary>
    public static void WriteScattered(string path, int pieces, int length, int seed)
    {
        using var image = new FileStream(path, FileMode.Open, FileAccess.Write);
        foreach (var at in Places(image.Length, pieces, length, seed))
        {
            image.Position = at;
            image.Write(Noise(new Random(HashCode("piece", seed, (int)(at >> 12))), length));
        }

        image.Flush(flushToDisk: true);
    }

    /// <summary>Compares two files where pieces were written.</summary>
    public static void RequireSame(string expected, string actual, int pieces, int length, int seed)
    {
        using var one = File.OpenRead(expected);
        using var other = File.OpenRead(actual);
        var (a, b) = (new byte[length], new byte[length]);
        foreach (var at in Places(one.Length, pieces, length, seed))
        {
            (one.Position, other.Position) = (at, at);
            one.ReadExactly(a);
            other.ReadExactly(b);
            if (!a.AsSpan().SequenceEqual(b)) throw new InvalidOperationException($"{actual} differs from {expected} at byte {at}.");
        }
    }

    private static IEnumerable<long> Places(long end, int pieces, int length, int seed)
    {
        var random = new Random(HashCode("places", seed, 0));
        for (var piece = 0; piece < pieces; piece++) yield return random.NextInt64((end - length) / 4096) * 4096;
    }

    private static void WriteMixed(string path, Random random, int megabytes)
    {
        using (var file = File.Create(path))
        {
            for (var i = 0; i < megabytes; i++)
            {
                var kind = random.NextDouble();
                if (kind is >= 0.4 and < 0.8) file.Write(Text(random, Megabyte));
                else
                {
                    var noise = Noise(random, Megabyte);
                    if (kind >= 0.8) for (var at = 0; at < noise.Length; at++) noise[at] = Hexadecimal[noise[at] & 15];
                    file.Write(noise);
                }
            }
        }

        File.SetLastWriteTimeUtc(path, Epoch);
    }

    private static void Write(string path, byte[] content, int number)
    {
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, Epoch.AddSeconds(number));
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(Random random, int length)
    {
        var text = new byte[length];
        for (var at = 0; at < length;)
        {
            var phrase = Phrases.Value[random.Next(Phrases.Value.Length)].AsSpan();
            phrase = phrase[..Math.Min(phrase.Length, length - at)];
            phrase.CopyTo(text.AsSpan(at));
            at += phrase.Length;
        }

        return text;
    }

    private static byte[][] MakePhrases()
    {
        string[] syllables = ["ba", "co", "di", "fe", "gu", "han", "jo", "ker", "lim", "mo", "net", "or", "pra", "qui", "ros", "ste", "tun", "ver", "wix", "yal"];
        var random = new Random(1);
        var words = Enumerable.Range(0, 6000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => syllables[random.Next(syllables.Length)]))).ToArray();
        string[] ends = [" ", " ", " ", ", ", ".\n", ";\n    "];
        // The n-th word is as common as words of a language are: by one over its rank.
        return [.. Enumerable.Range(0, 60_000).Select(_ => Encoding.ASCII.GetBytes(string.Join(' ', Word(), Word(), Word()) + ends[random.Next(ends.Length)]))];

        string Word() => words[(int)Math.Min(words.Length - 1, Math.Pow(words.Length, random.NextDouble()) - 1)];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // Not System.HashCode, which differs from one process to the next.
    private static int HashCode(string name, int seed, int number) =>
        $"{name}/{seed.ToString(CultureInfo.InvariantCulture)}/{number.ToString(CultureInfo.InvariantCulture)}".Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
