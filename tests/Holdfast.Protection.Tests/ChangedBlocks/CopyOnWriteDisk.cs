using Holdfast.Protection.ChangedBlocks;

namespace Holdfast.Protection.Tests.ChangedBlocks;

/// <summary>A model of a file system with shared blocks: in place where nobody else has the block, elsewhere where somebody does; freed blocks are used again at once.</summary>
internal sealed class CopyOnWriteDisk(int blocks, int fileBlocks)
{
    private readonly int[] _content = new int[blocks];
    private readonly Dictionary<string, int?[]> _files = new() { ["image"] = new int?[fileBlocks] };
    private int _written;

    public enum Act
    {
        Write,
        Punch,
        Move,
        CloneAway,
        RemoveClone,
    }

    public sealed record Step(Act Act, int Block);

    public void Apply(Step step)
    {
        var image = _files["image"];
        switch (step.Act)
        {
            case Act.Write:
                if (image[step.Block] is not { } there || Users(there) > 1) image[step.Block] = Free();
                _content[image[step.Block]!.Value] = ++_written;
                break;
            case Act.Punch:
                image[step.Block] = null;
                break;
            case Act.Move when image[step.Block] is { } from:
                var to = Free();
                _content[to] = _content[from];
                image[step.Block] = to;
                break;
            case Act.CloneAway:
                Clone("image", "other");
                break;
            case Act.RemoveClone:
                Remove("other");
                break;
            default:
                break;
        }
    }

    public void Clone(string from, string to) => _files[to] = [.. _files[from]];

    public void Remove(string file) => _files.Remove(file);

    public int[] ContentOf(string file) => [.. _files[file].Select(block => block is { } there ? _content[there] : 0)];

    public Extent[] ExtentsOf(string file) => [.. _files[file].SelectMany((block, at) => block is { } there
        ? new[] { new Extent(at, there, 1, Users(there) > 1 ? ExtentFlags.Shared : ExtentFlags.None) } : [])];

    private int Users(int block) => _files.Values.Sum(file => file.Count(there => there == block));

    private int Free() => Enumerable.Range(0, _content.Length).First(block => Users(block) == 0);
}
