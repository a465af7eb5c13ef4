using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Scanning;

/// <summary>A path as Linux takes it (bytes that end in a zero) and as text.</summary>
internal readonly struct LinuxPath
{
    private readonly byte[] _terminated;

    private LinuxPath(string text, byte[] terminated)
    {
        Text = text;
        _terminated = terminated;
    }

    /// <summary>Gets it as <see cref="ByteText"/>.</summary>
    public string Text { get; }

    /// <summary>Gets its bytes with the zero.</summary>
    public ReadOnlySpan<byte> Terminated => _terminated;

    /// <summary>From text.</summary>
    public static LinuxPath Of(string text)
    {
        var bytes = ByteText.Encode(text);
        Array.Resize(ref bytes, bytes.Length + 1);
        return new(text, bytes);
    }

    /// <summary>The path of something in this directory.</summary>
    public LinuxPath Child(string name)
    {
        var text = Text.Length == 0 || Text == "/" ? Text + name : string.Concat(Text, "/", name);
        var max = _terminated.Length + 1 + ByteText.MaxBytes(name.Length);
        var bytes = System.Buffers.ArrayPool<byte>.Shared.Rent(max);
        var length = _terminated.Length - 1;
        _terminated.AsSpan(0, length).CopyTo(bytes);
        if (length > 0 && bytes[length - 1] != '/') bytes[length++] = (byte)'/';
        length += ByteText.Encode(name, bytes.AsSpan(length));
        bytes[length++] = 0;
        var own = bytes.AsSpan(0, length).ToArray();
        System.Buffers.ArrayPool<byte>.Shared.Return(bytes);
        return new(text, own);
    }
}
