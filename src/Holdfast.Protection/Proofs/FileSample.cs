namespace Holdfast.Protection.Proofs;

/// <summary>Files chosen by chance, each as likely as any other, up to so many bytes. Memory is bounded by what is chosen.</summary>
/// <param name="wantedBytes">That many; the last one chosen may go beyond.</param>
/// <param name="random">The chance.</param>
internal sealed class FileSample(long wantedBytes, Random random)
{
    // An empty file takes a name and an inode all the same.
    private const long LeastBytes = 4096;

    // Each file draws a number, and those with the lowest are the sample. The one with the highest is at the top.
    private readonly PriorityQueue<StoredFile, double> _chosen = new();
    private long _bytes;

    /// <summary>Gets the files.</summary>
    public IEnumerable<StoredFile> Files => _chosen.UnorderedItems.Select(item => item.Element);

    public void Offer(StoredFile file)
    {
        _chosen.Enqueue(file, -random.NextDouble());
        _bytes += CostOf(file);
        while (_chosen.Count > 1 && _bytes - CostOf(_chosen.Peek()) >= wantedBytes) _bytes -= CostOf(_chosen.Dequeue());
    }

    private static long CostOf(StoredFile file) => Math.Max((long)file.Node.Size, LeastBytes);
}
