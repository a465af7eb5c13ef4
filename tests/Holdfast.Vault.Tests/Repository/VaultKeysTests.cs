using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Repository;

public sealed class VaultKeysTests
{
    private static readonly ScryptParameters Quick = new(1024, 8, 1);

    [Fact]
    public async Task A_changed_password_opens_the_same_vault_and_the_old_one_no_more()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        using var next = new VaultPassword("next");

        await vault.Keys.ChangePasswordAsync(next, Quick, default);

        await using var opened = await VaultRepository.OpenAsync(backend, next, default);
        Assert.Equal(vault.Config, opened.Config);
        Assert.Equal("vault.wrong-password", (await Assert.ThrowsAsync<HoldfastException>(() => TestVault.OpenAsync(backend))).Code);
        Assert.Single(await opened.Keys.ListAsync(default));
    }

    [Fact]
    public async Task The_key_in_use_is_not_removed_and_another_is()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        using var second = new VaultPassword("second");
        var added = await vault.Keys.AddAsync(second, Quick, default);

        Assert.Equal("vault.key-in-use", (await Assert.ThrowsAsync<HoldfastException>(() => vault.Keys.RemoveAsync(vault.Keys.Current[..12], default))).Code);
        Assert.Equal("vault.key-missing", (await Assert.ThrowsAsync<HoldfastException>(() => vault.Keys.RemoveAsync("zz", default))).Code);
        Assert.Equal("vault.key-missing", (await Assert.ThrowsAsync<HoldfastException>(() => vault.Keys.RemoveAsync("", default))).Code);
        Assert.Equal(added, await vault.Keys.RemoveAsync(added[..12], default));

        Assert.Equal("vault.wrong-password", (await Assert.ThrowsAsync<HoldfastException>(() => VaultRepository.OpenAsync(backend, second, default))).Code);
    }

    [Fact]
    public async Task An_empty_password_is_refused_and_leaves_no_vault()
    {
        var backend = new MemoryBackend();
        using var empty = new VaultPassword("");

        Assert.Equal("vault.password-empty", (await Assert.ThrowsAsync<HoldfastException>(() => VaultRepository.InitAsync(backend, empty, new() { KeyDerivation = Quick }, default))).Code);

        Assert.Empty(await TestVault.FilesAsync(backend, VaultFileKind.Config));
        Assert.Empty(await TestVault.FilesAsync(backend, VaultFileKind.Key));
    }

    [Fact]
    public async Task A_vault_is_not_made_over_another_nor_opened_where_there_is_none()
    {
        var backend = new MemoryBackend();
        Assert.Equal("vault.not-one", (await Assert.ThrowsAsync<HoldfastException>(() => TestVault.OpenAsync(backend))).Code);
        await using var vault = await TestVault.InitAsync(backend);

        Assert.Equal("vault.exists", (await Assert.ThrowsAsync<HoldfastException>(() => TestVault.InitAsync(backend))).Code);

        Assert.Single(await TestVault.FilesAsync(backend, VaultFileKind.Key));
    }

    [Fact]
    public async Task Files_in_the_place_of_keys_that_are_none_are_passed_over()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        var good = await backend.LoadAsync(new(VaultFileKind.Key, vault.Keys.Current), default);
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var hostile = (byte[])good.Clone();
            for (var flips = 0; flips < 3; flips++) hostile[random.Next(hostile.Length)] = (byte)random.Next();
            await backend.SaveAsync(new(VaultFileKind.Key, random.Next().ToString("x64", null)), i % 3 == 0 ? hostile.AsMemory(0, i) : hostile, default);
        }

        await backend.SaveAsync(new(VaultFileKind.Key, new string('f', 64)), "{\"kdf\":\"scrypt\",\"N\":4611686018427387904,\"r\":8,\"p\":1,\"salt\":\"AAAA\",\"data\":\"AAAA\"}"u8.ToArray(), default);

        await using var opened = await TestVault.OpenAsync(backend);

        Assert.Equal(vault.Config, opened.Config);
    }
}
