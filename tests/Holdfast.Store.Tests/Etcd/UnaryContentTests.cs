using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;

namespace Holdfast.Store.Tests.Etcd;

public sealed class UnaryContentTests
{
    [Fact]
    public async Task A_request_knows_when_it_may_have_left_and_leaves_only_once()
    {
        var content = new UnaryContent(new TxnRequest());
        Assert.False(content.MayHaveBeenSent);

        await content.CopyToAsync(Stream.Null);

        Assert.True(content.MayHaveBeenSent);
        await Assert.ThrowsAsync<HttpRequestException>(() => content.CopyToAsync(Stream.Null));
    }
}
