using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Reliability.Tests.Programs;

/// <summary>Files to back up: incompressible, from a seed, so that they fill several packs.</summary>
internal sealed class SourceTree(string path, Random random)
{
    private const int Large = 6;
    private const int Small = 30;
    private const int LargeBytes = 6_000_000;

    public string Path => path;

    public void Create()
    {
        for (var number = 0; number < Large; number++) Write(Name(number), LargeBytes);
        for (var number = 0; number < Small; number++) Write(System.IO.Path.Combine($"folder{number % 5}", $"small{number}"), random.Next(1, 40_000));
    }

    /// <summary>Rewrites two large files and a few small ones.</summary>
    public void Change()
    {
        for (var i = 0; i < 2; i++) Write(Name(random.Next(Large)), random.Next(LargeBytes / 2, LargeBytes));
        for (var i = 0; i < 3; i++) Write(System.IO.Path.Combine($"folder{random.Next(5)}", $"small{random.Next(Small)}"), random.Next(1, 40_000));
    }

    public string Digest() => DigestOf(path);

    /// <summary>Names and contents of a folder in one hash.</summary>
    public static string DigestOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(System.IO.Path.GetRelativePath(folder, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Name(int number) => $"large{number}";

    private void Write(string name, int length)
    {
        var content = new byte[length];
        random.NextBytes(content);
        var file = System.IO.Path.Combine(path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }
}
