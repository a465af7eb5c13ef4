using System.Security.Cryptography;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;

namespace Holdfast.Agent.Tests.Trust;

public sealed class JoinTokenTests
{
    private static readonly string Fingerprint = Convert.ToHexString(SHA256.HashData([1]));

    [Theory]
    [InlineData("10.0.0.5:7443")]
    [InlineData("[fd00::5]:7443")]
    [InlineData("node-a.example:7443")]
    public void What_was_written_is_read_again(string address)
    {
        var token = JoinToken.Create(Fingerprint, address);

        var read = JoinToken.Parse($"  {token}\n");

        Assert.Equal((token.Id, token.AuthorityFingerprint, address), (read.Id, read.AuthorityFingerprint, read.Address));
        Assert.Equal(token.Secret, read.Secret);
    }

    [Fact]
    public void The_store_keeps_only_a_hash_of_the_secret()
    {
        var token = JoinToken.Create(Fingerprint, "10.0.0.5:7443");

        Assert.Equal(SHA256.HashData(token.Secret), token.ToRecord(DateTimeOffset.UnixEpoch).SecretHash);
    }

    [Fact]
    public void A_text_cut_short_or_with_something_added_is_refused()
    {
        var text = JoinToken.Create(Fingerprint, "10.0.0.5:7443").ToString();
        var parts = text.Split('.');
        IEnumerable<string> bad =
        [
            "", "hf1", "hf1....", "....", text + ".", "." + text, text + ".00", "hf2" + text[3..], text.Replace('.', ':'), text + "z", text[..^1],
            .. Enumerable.Range(0, parts.Length).Select(missing => string.Join('.', parts.Where((_, at) => at != missing))),
            .. Enumerable.Range(0, parts.Length).Select(empty => string.Join('.', parts.Select((part, at) => at == empty ? "" : part))),
            .. Enumerable.Range(1, parts.Length - 1).Select(wrong => string.Join('.', parts.Select((part, at) => at == wrong ? part[..^1] + "!" : part))),
            .. Enumerable.Range(1, parts.Length - 2).Select(cut => string.Join('.', parts.Select((part, at) => at == cut ? part[..^2] : part))),
        ];

        Assert.All(bad, one => Assert.Equal("token.malformed", Assert.Throws<HoldfastException>(() => JoinToken.Parse(one)).Code));
    }
}
