using System.Buffers;
using System.Globalization;
using System.Text;

namespace Holdfast.Vault.Trees;

/// <summary>Text as Go's <c>encoding/json</c> and <c>strconv.Quote</c> write it: a tree's id is the hash of these very bytes.</summary>
internal static class GoText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>A JSON string with its quotation marks. Bytes that are no UTF-8 are lost, as Go loses them.</summary>
    public static void AppendString(TreeText text, string value)
    {
        text.Append((byte)'"');
        AppendEscaped(text, value);
        text.Append((byte)'"');
    }

    /// <summary>A name: quoted as a Go literal first, so that no byte is lost, and that as JSON.</summary>
    public static void AppendName(TreeText text, string name)
    {
        text.Append((byte)'"');
        if (!name.AsSpan().ContainsAnyExcept(Plain)) AppendPlain(text, name);
        else AppendEscaped(text, Quote(name));
        text.Append((byte)'"');
    }

    /// <summary>What Go's <c>strconv.Quote</c> has between the quotation marks.</summary>
    public static string Quote(string name)
    {
        var quoted = new StringBuilder(name.Length + 16);
        var rest = name.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var consumed) != OperationStatus.Done && ByteText.EscapedByte(rest[0]) is >= 0 and var value)
            {
                quoted.Append("\\x").Append(CultureInfo.InvariantCulture, $"{value:x2}");
            }
            else
            {
                AppendQuoted(quoted, rune);
            }

            rest = rest[consumed..];
        }

        return quoted.ToString();
    }

    private static void AppendQuoted(StringBuilder quoted, Rune rune)
    {
        if (rune.Value is '"' or '\\') quoted.Append('\\').Append((char)rune.Value);
        else if (IsPrintable(rune)) quoted.Append(rune.ToString());
        else
        {
            var letter = rune.Value switch { '\a' => 'a', '\b' => 'b', '\f' => 'f', '\n' => 'n', '\r' => 'r', '\t' => 't', '\v' => 'v', _ => '\0' };
            if (letter != '\0') quoted.Append('\\').Append(letter);
            else if (rune.Value is < 0x20 or 0x7F) quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else if (rune.Value < 0x10000) quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }
    }

    // Go: letters, marks, numbers, punctuation, symbols, and the one space. Characters that Unicode got since that Go's tables were made differ; such a
    // name reads back the same either way.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static void AppendPlain(TreeText text, ReadOnlySpan<char> value)
    {
        var space = text.Space(value.Length * 3);
        text.Advance(Encoding.UTF8.GetBytes(value, space));
    }

    private static void AppendEscaped(TreeText text, ReadOnlySpan<char> value)
    {
        while (true)
        {
            var plain = value.IndexOfAnyExcept(Plain);
            if (plain < 0) plain = value.Length;
            AppendPlain(text, value[..plain]);
            value = value[plain..];
            if (value.IsEmpty) return;
            var valid = Rune.DecodeFromUtf16(value, out var rune, out var consumed) == OperationStatus.Done;
            if (!valid) text.Append("\\ufffd"u8);
            else if (rune.Value is '"' or '\\')
            {
                text.Append((byte)'\\');
                text.Append((byte)rune.Value);
            }
            else if (rune.Value == '\n') text.Append("\\n"u8);
            else if (rune.Value == '\r') text.Append("\\r"u8);
            else if (rune.Value == '\t') text.Append("\\t"u8);
            else if (rune.Value is < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029)
            {
                text.Append("\\u"u8);
                text.AppendHex([(byte)(rune.Value >> 8), (byte)rune.Value]);
            }
            else text.Advance(rune.EncodeToUtf8(text.Space(4)));
            value = value[consumed..];
        }
    }

    /// <summary>The bytes of a name that was quoted; false when it is no Go literal.</summary>
    public static bool TryUnquote(ReadOnlySpan<byte> quoted, out string name)
    {
        if (quoted.IndexOf((byte)'\\') < 0)
        {
            name = ByteText.Decode(quoted);
            return quoted.IndexOfAny((byte)'"', (byte)'\n') < 0;
        }

        name = "";
        var buffer = ArrayPool<byte>.Shared.Rent(quoted.Length);
        try
        {
            var written = 0;
            while (!quoted.IsEmpty)
            {
                if (quoted[0] is (byte)'"' or (byte)'\n') return false;
                if (quoted[0] != '\\')
                {
                    buffer[written++] = quoted[0];
                    quoted = quoted[1..];
                    continue;
                }

                if (quoted.Length < 2) return false;
                var letter = quoted[1];
                quoted = quoted[2..];
                var simple = letter switch
                {
                    (byte)'a' => 7, (byte)'b' => 8, (byte)'f' => 12, (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, (byte)'v' => 11,
                    (byte)'\\' => '\\', (byte)'"' => '"', _ => -1,
                };
                if (simple >= 0)
                {
                    buffer[written++] = (byte)simple;
                    continue;
                }

                var digits = letter switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
                if (digits == 0 || !TryHex(quoted, digits, out var value)) return false;
                quoted = quoted[digits..];
                if (digits == 2) buffer[written++] = (byte)value;
                else if (!Rune.TryCreate(value, out var rune)) return false;
                else written += rune.EncodeToUtf8(buffer.AsSpan(written));
            }

            name = ByteText.Decode(buffer.AsSpan(0, written));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> text, int digits, out uint value)
    {
        value = 0;
        if (text.Length < digits) return false;
        foreach (var digit in text[..digits])
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
            value = (value << 4) | (uint)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return true;
    }
}
