using Holdfast.Store.Memory;
using Holdfast.Store.Tests.Contract;

namespace Holdfast.Store.Tests.Memory;

public sealed class MemoryClusterStoreTests : ClusterStoreContract
{
    protected override Task<IClusterStore> OpenAsync() => Task.FromResult<IClusterStore>(new MemoryClusterStore());

    protected override Task CompactAsync(long revision)
    {
        ((MemoryClusterStore)Store).Compact(revision);
        return Task.CompletedTask;
    }
}
