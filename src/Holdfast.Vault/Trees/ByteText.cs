using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Holdfast.Vault.Trees;

/// <summary>Linux's names are bytes, mostly UTF-8. Here they are strings that lose nothing: a byte that is no UTF-8 is one of U+DC80 to U+DCFF, which
/// valid text never holds alone.</summary>
public static class ByteText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';

    /// <summary>Whether the text stands for bytes that are no UTF-8.</summary>
    public static bool HasEscapes(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) at++;
            else return true;
        }

        return false;
    }

    /// <summary>The byte that a character stands for which is half of no pair, or -1.</summary>
    public static int EscapedByte(char character) => character is >= FirstEscape and <= LastEscape ? character - '\uDC00' : -1;

    /// <summary>From the bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
                bytes = bytes[consumed..];
            }
            else
            {
                text.Append((char)(0xDC00 + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>How many bytes <see cref="Encode(ReadOnlySpan{char}, Span{byte})"/> writes at most.</summary>
    public static int MaxBytes(int characters) => characters * 3;

    /// <summary>Writes the bytes and says how many.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (!HasEscapes(text)) return Encoding.UTF8.GetBytes(text, bytes);
        var written = 0;
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            if (status != OperationStatus.Done && EscapedByte(text[0]) is >= 0 and var value) bytes[written++] = (byte)value;
            else written += rune.EncodeToUtf8(bytes[written..]); // Half a pair that stands for no byte: U+FFFD, as everywhere.
            text = text[consumed..];
        }

        return written;
    }

    /// <summary>The bytes.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes(text.Length));
        try
        {
            return buffer.AsSpan(0, Encode(text, buffer)).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>In the order of the bytes, which is that of a tree.</summary>
    public static int Compare(string a, string b)
    {
        var same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);
        // UTF-16 orders as UTF-8 does up to the surrogates, which stand for what comes last, or for single bytes.
        return a[same] < '\uD800' && b[same] < '\uD800' ? a[same].CompareTo(b[same]) : Encode(a).AsSpan().SequenceCompareTo(Encode(b));
    }

    /// <summary>What people see: each byte that is no UTF-8 as <c>\xff</c>.</summary>
    public static string ToPrintable(string text)
    {
        if (!HasEscapes(text)) return text;
        var shown = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) shown.Append(text, at++, 2);
            else if (EscapedByte(text[at]) is >= 0 and var value) shown.Append("\\x").Append(Convert.ToHexStringLower([(byte)value]));
            else shown.Append(text[at]);
        }

        return shown.ToString();
    }
}
