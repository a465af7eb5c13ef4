using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

public sealed class MemoryBackendTests : BackendContract
{
    protected override Task<IVaultBackend> OpenAsync() => Task.FromResult<IVaultBackend>(new MemoryBackend());
}
