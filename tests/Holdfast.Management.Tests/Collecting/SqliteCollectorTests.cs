using Holdfast.Management.Repository;

namespace Holdfast.Management.Tests.Collecting;

public sealed class SqliteCollectorTests : CollectorContract
{
    protected override RepositoryOptions Options => new() { Address = $"sqlite:{Folder.Path}/history.db" };
}
