using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Serving;

namespace Holdfast.Vault.Tests.Serving;

public sealed class VaultRequestPathTests
{
    private const string Name = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("/", "", null, "")]
    [InlineData("/team/files/", "team/files", null, "")]
    [InlineData("/team/files", "team/files", null, "")]
    [InlineData("/config", "", VaultFileKind.Config, "")]
    [InlineData("/team/config", "team", VaultFileKind.Config, "")]
    [InlineData("/team/data/", "team", VaultFileKind.Pack, "")]
    [InlineData("/team/keys", "team", VaultFileKind.Key, "")]
    [InlineData("/index/" + Name, "", VaultFileKind.Index, Name)]
    [InlineData("/a/b/c/locks/" + Name, "a/b/c", VaultFileKind.Lock, Name)]
    public void What_it_names(string path, string vault, VaultFileKind? kind, string name)
    {
        Assert.True(VaultRequestPath.TryParse(path, out var parsed));
        Assert.Equal(new VaultRequestPath(vault, kind, name), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/..")]
    [InlineData("/../data/" + Name)]
    [InlineData("/a/../b/config")]
    [InlineData("/./config")]
    [InlineData("/.hidden/config")]
    [InlineData("/a//b/config")]
    [InlineData("/a\\b/config")]
    [InlineData("/a\0/config")]
    [InlineData("/a%2f..%2fb/config")]
    [InlineData("/config/")]
    [InlineData("/config/" + Name)]
    [InlineData("/data/" + Name + "/")]
    [InlineData("/data/" + Name + "0")]
    [InlineData("/data/0123")]
    [InlineData("/data/../config")]
    [InlineData("/data/00/" + Name)]
    [InlineData("/data/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("/a/data/b/config")]
    [InlineData("/a/b/c/d/e/f/g/h/i/j/k/config")]
    public void What_is_none_is_refused(string path) => Assert.False(VaultRequestPath.TryParse(path, out _));

    [Fact]
    public void No_path_leads_out_of_the_data_directory()
    {
        var pieces = Gen.Elements("/", "..", ".", "a", "data", "config", "keys", "%2e%2e", "\\", "\0", Name, "~", " ", "//");
        var paths = Arb.From(Gen.NonEmptyListOf(pieces).Select(list => "/" + string.Concat(list)));

        Prop.ForAll(paths, path =>
        {
            if (!VaultRequestPath.TryParse(path, out var parsed)) return true;
            var vault = Path.GetFullPath(Path.Join("/srv/vaults", parsed.Vault));
            var isInside = vault == "/srv/vaults" || vault == "/srv/vaults/" || vault == "/srv/vaults/" + parsed.Vault;
            return isInside && (parsed.Kind is null || parsed.IsListing || new VaultLayout(vault).PathOf(parsed.File).StartsWith("/srv/vaults", StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
