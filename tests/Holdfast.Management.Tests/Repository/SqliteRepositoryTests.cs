using Holdfast.Management.Repository;
using Holdfast.Store.Tests;

namespace Holdfast.Management.Tests.Repository;

public sealed class SqliteRepositoryTests : RepositoryContract
{
    private readonly TempFolder _folder = new();

    protected override RepositoryOptions Options => new() { Address = $"sqlite:{_folder.Path}/sub/history.db" };

    protected override RepositoryOptions Elsewhere => new() { Address = $"sqlite:{_folder.Path}/other/history.db" };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
