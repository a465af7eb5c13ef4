using System.Text.Json;

namespace Holdfast.Cli.Tests;

public sealed class VaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-cli-vault-").FullName;

    private string Vault => Path.Combine(_folder, "vault");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_vault_is_made_and_its_password_changed()
    {
        var (first, second) = (PasswordFile("first"), PasswordFile("second"));

        var made = await RunAsync("vault", "init", "--vault", Vault, "--password-file", first, "--json");
        Assert.Equal(0, made.Exit);
        using var document = JsonDocument.Parse(made.Out);
        Assert.Equal(2, document.RootElement.GetProperty("version").GetInt32());

        var again = await RunAsync("vault", "init", "--vault", Vault, "--password-file", first);
        Assert.Equal(4, again.Exit);
        Assert.Contains("[vault.exists]", again.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync("vault", "key", "passwd", "--vault", Vault, "--password-file", first, "--new-password-file", second)).Exit);
        var old = await RunAsync("vault", "key", "list", "--vault", Vault, "--password-file", first);
        Assert.Equal(6, old.Exit);
        Assert.Contains("[vault.wrong-password]", old.Error, StringComparison.Ordinal);

        var keys = await CommandLineRun.OfAsync(["vault", "key", "list", "--json"], environment: name => name switch { "HOLDFAST_VAULT" => Vault, "HOLDFAST_PASSWORD" => "second", _ => null });
        Assert.Equal(0, keys.Exit);
        using var listed = JsonDocument.Parse(keys.Out);
        Assert.True(listed.RootElement.EnumerateArray().Single().GetProperty("current").GetBoolean());
    }

    [Fact]
    public async Task A_person_is_asked_for_a_new_password_twice_and_it_is_not_shown_on_standard_output()
    {
        var differs = await CommandLineRun.OfAsync(["vault", "init", "--vault", Vault], input: "one\ntwo\n", canAsk: true);
        Assert.Equal(2, differs.Exit);
        Assert.Contains("[usage.password-differs]", differs.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Vault, "config")));

        var made = await CommandLineRun.OfAsync(["vault", "init", "--vault", Vault], input: "same\nsame\n", canAsk: true);
        Assert.Equal(0, made.Exit);
        Assert.DoesNotContain("same", made.Out + made.Error, StringComparison.Ordinal);

        var config = await CommandLineRun.OfAsync(["vault", "cat", "config", "--vault", Vault], input: "same\n", canAsk: true);
        Assert.Contains("chunker_polynomial", config.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault key list", "usage.vault-missing")]
    [InlineData("vault key list --vault /nowhere/vault", "usage.password-missing")]
    [InlineData("vault key list --vault /nowhere/vault --password-file /nowhere/password", "vault.password-file")]
    [InlineData("vault key list --vault ftp:x --password-file /dev/null", "vault.url-invalid")]
    [InlineData("vault init --vault /nowhere/vault --repository-version 3", "usage.invalid")]
    public async Task What_is_missing_or_wrong_is_named(string line, string code)
    {
        var ran = await CommandLineRun.OfAsync(line);

        Assert.Equal(2, ran.Exit);
        Assert.Empty(ran.Out);
        Assert.Contains($"[{code}]", ran.Error, StringComparison.Ordinal);
    }

    private static Task<Ran> RunAsync(params string[] arguments) => CommandLineRun.OfAsync(arguments);

    private string PasswordFile(string password)
    {
        var path = Path.Combine(_folder, password);
        File.WriteAllText(path, password + "\n");
        return path;
    }
}
