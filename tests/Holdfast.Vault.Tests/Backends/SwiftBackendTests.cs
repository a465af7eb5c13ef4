using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

/// <summary>The contract against a real S3 server. Where there is none, its one test says so and is skipped.</summary>
public sealed class SwiftBackendTests(SwiftServer server) : IClassFixture<SwiftServer>
{
    [SwiftFact]
    public async Task It_keeps_the_contract()
    {
        foreach (var promise in typeof(BackendContract).GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)))
        {
            var cases = promise.GetCustomAttributes(typeof(InlineDataAttribute), inherit: true).Cast<InlineDataAttribute>().Select(data => data.GetData(promise).Single()).DefaultIfEmpty([]);
            foreach (var arguments in cases)
            {
                var contract = new Contract(server);
                await contract.InitializeAsync();
                try
                {
                    // long parameters are given as int by the attribute; the runner converts them, and so must this.
                    var given = promise.GetParameters().Zip(arguments, (parameter, value) => parameter.ParameterType.IsEnum ? value : Convert.ChangeType(value, parameter.ParameterType, null)).ToArray();
                    await (Task)promise.Invoke(contract, given)!;
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"{promise.Name}({string.Join(", ", arguments)})", error);
                }
                finally
                {
                    await contract.DisposeAsync();
                }
            }
        }
    }

    [SwiftFact]
    public async Task A_wrong_key_is_refused()
    {
        await using var backend = new S3Backend(server.NewVault(), SwiftServer.Options("wrong"));

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.LoadAsync(VaultFile.Config, CancellationToken.None));

        Assert.Equal("vault.login-refused", error.Code);
    }

    [SwiftFact]
    public async Task A_pack_of_the_largest_size_goes_through()
    {
        await using var backend = new S3Backend(server.NewVault(), SwiftServer.Options(SwiftServer.Secret));
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 64 << 20);

        await backend.SaveAsync(file, content, CancellationToken.None);

        Assert.Equal(content, await backend.LoadAsync(file, CancellationToken.None));
    }

    private sealed class Contract(SwiftServer server) : BackendContract
    {
        protected override Task<IVaultBackend> OpenAsync() => Task.FromResult<IVaultBackend>(new S3Backend(server.NewVault(), SwiftServer.Options(SwiftServer.Secret)));
    }
}

/// <summary>A fact for which Swift must be installed.</summary>
public sealed class SwiftFactAttribute : FactAttribute
{
    public SwiftFactAttribute() => Skip = SwiftServer.WhyNot;
}
