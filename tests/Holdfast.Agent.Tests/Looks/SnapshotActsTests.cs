using Holdfast.Agent.Api;
using Holdfast.Agent.Looks;
using Holdfast.Cluster;

namespace Holdfast.Agent.Tests.Looks;

/// <summary>Which command an act on a snapshot is.</summary>
public sealed class SnapshotActsTests
{
    private static readonly SnapshotActRequest Tag = new(SnapshotAct.Tag, "/srv/vault", "/etc/key", ["audit", "-x"], ["old"]);

    [Fact]
    public void Each_act_is_the_command_that_a_person_would_write()
    {
        Assert.Equal("tag --add=audit --add=-x --remove=old --json --vault /srv/vault --password-file /etc/key -- 5c657874", Of("5c657874", Tag));
        Assert.Equal("vault forget --delay 7d --json --vault /srv/vault --password-file /etc/key -- 5c657874", Of("5c657874", Tag with { Act = SnapshotAct.Forget, Delay = TimeSpan.FromDays(7) }));
        Assert.Equal("vault forget --json --vault /srv/vault --password-file /etc/key -- 5c657874", Of("5c657874", Tag with { Act = SnapshotAct.Forget }));
        Assert.Equal("vault forget --undo --json --vault /srv/vault --password-file /etc/key -- 5c657874", Of("5c657874", Tag with { Act = SnapshotAct.BringBack }));
    }

    [Theory]
    [InlineData("latest")] // Another snapshot's as soon as there is a newer one.
    [InlineData("")]
    [InlineData("--undo")]
    [InlineData("5c65:/srv")]
    public void Only_an_id_names_a_snapshot(string snapshot) => Assert.Equal("snapshot-act.invalid", Assert.Throws<HoldfastException>(() => Of(snapshot, Tag)).Code);

    [Fact]
    public void A_vault_and_its_password_are_named()
    {
        Assert.Throws<HoldfastException>(() => Of("5c657874", Tag with { Vault = "" }));
        Assert.Throws<HoldfastException>(() => Of("5c657874", Tag with { PasswordFile = "" }));
    }

    private static string Of(string snapshot, SnapshotActRequest request) => string.Join(' ', SnapshotActs.ArgumentsOf(snapshot, request));
}
