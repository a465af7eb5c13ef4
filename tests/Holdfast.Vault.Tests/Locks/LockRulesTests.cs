using Holdfast.Vault.Locks;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Locks;

public class LockRulesTests
{
    private static readonly LockRecord Shared = new() { Time = Some.Noon, Hostname = "web1", Pid = 42 };

    [Fact]
    public void An_exclusive_lock_shares_with_nobody()
    {
        var exclusive = Shared with { Exclusive = true };

        Assert.True(LockRules.Conflict(wantExclusive: true, Shared));
        Assert.True(LockRules.Conflict(wantExclusive: true, exclusive));
        Assert.True(LockRules.Conflict(wantExclusive: false, exclusive));
        Assert.False(LockRules.Conflict(wantExclusive: false, Shared));
    }

    [Theory]
    [InlineData(30, "web1", true, false)]
    [InlineData(31, "web1", true, true)]
    [InlineData(1, "web1", false, true)]
    [InlineData(1, "web2", false, false)] // A process number means nothing on another machine.
    [InlineData(-60, "web2", false, false)]
    public void A_lock_is_stale_when_old_or_when_its_process_here_is_gone(int minutes, string host, bool runs, bool stale) =>
        Assert.Equal(stale, LockRules.IsStale(Shared with { Hostname = host }, Some.Noon.AddMinutes(minutes), "web1", _ => runs));
}
