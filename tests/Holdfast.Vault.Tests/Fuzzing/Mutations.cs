using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Holdfast.Vault.Tests.Fuzzing;

/// <summary>Good texts made bad: bytes changed, cut off, repeated, and tokens put where others belong.</summary>
internal static class Mutations
{
    private static readonly string[] Tokens =
    [
        "null", "true", "[]", "{}", "[null]", "{\"a\":null}", "-1", "0", "1e999", "18446744073709551616", "-9223372036854775809", "0.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"\xff\"",
        "\"9999-12-31T23:59:59.999999999-23:59\"", "\"0000-00-00T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"hf:delta=99999999999999999999\"", "\"hf:=%\"", ",", ":", "}", "]", "[[[[[[[[", "//",
    ];

    public static Arbitrary<byte[]> Of(string good)
    {
        var bytes = Encoding.UTF8.GetBytes(good);
        return (from count in Gen.Choose(1, 3) from changes in Gen.ListOf(Change, count) select changes.Aggregate(bytes, (text, change) => change(text))).ToArbitrary();
    }

    private static Gen<Func<byte[], byte[]>> Change => Gen.OneOf(
        from at in Gen.Choose(0, 1 << 20) from value in Gen.Choose(0, 255) select (Func<byte[], byte[]>)(text => Put(text, at, 1, [(byte)value])),
        from at in Gen.Choose(0, 1 << 20) select (Func<byte[], byte[]>)(text => text[..(text.Length == 0 ? 0 : at % text.Length)]),
        from at in Gen.Choose(0, 1 << 20) from length in Gen.Choose(0, 40) from token in Gen.Elements(Tokens) select (Func<byte[], byte[]>)(text => Put(text, at, length, Encoding.Latin1.GetBytes(token))),
        from at in Gen.Choose(0, 1 << 20) from token in Gen.Elements(Tokens) select (Func<byte[], byte[]>)(text => ReplaceValue(text, at, Encoding.Latin1.GetBytes(token))));

    private static byte[] Put(byte[] text, int at, int length, byte[] piece)
    {
        if (text.Length == 0) return piece;
        at %= text.Length;
        return [.. text[..at], .. piece, .. text[Math.Min(text.Length, at + length)..]];
    }

    /// <summary>Puts a token in the place of one value: what stays is JSON, of another shape.</summary>
    private static byte[] ReplaceValue(byte[] text, int at, byte[] token)
    {
        if (text.Length == 0) return token;
        var start = Array.IndexOf(text, (byte)':', at % text.Length) + 1;
        if (start == 0) return text;
        var end = start;
        for (var (depth, quoted) = (0, false); end < text.Length; end++)
        {
            var value = text[end];
            if (value == '"' && text[end - 1] != '\\') quoted = !quoted;
            if (quoted) continue;
            if (depth == 0 && value is (byte)',' or (byte)'}' or (byte)']' && depth == 0) break;
            if (value is (byte)'{' or (byte)'[') depth++;
            if (value is (byte)'}' or (byte)']') depth--;
        }

        return [.. text[..start], .. token, .. text[end..]];
    }
}
