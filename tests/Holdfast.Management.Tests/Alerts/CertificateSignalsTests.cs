using Holdfast.Agent.Api;
using Holdfast.Management.Alerts;
using Holdfast.Management.Alerts.Sources;

namespace Holdfast.Management.Tests.Alerts;

public sealed class CertificateSignalsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(31, null)]
    [InlineData(29, AlertSeverity.Warning)]
    [InlineData(6, AlertSeverity.Critical)]
    [InlineData(-1, AlertSeverity.Critical)]
    public void A_certificate_that_runs_out_is_a_warning_a_month_before_and_critical_a_week_before(int days, AlertSeverity? worst)
    {
        var world = new AlertWorld { Settings = new(DefaultAlertRules.All, [DefaultAlertRules.Channel], []) };

        world.Tell(new AlertInput.Observed("certificates/b", CertificateSignals.Of("b", [new("node", Now.AddDays(days))], withAuthority: true, Now)));

        Assert.Equal(worst, world.State.Alerts.IsEmpty ? null : world.State.Alerts.Values.Max(alert => alert.Severity));
    }

    [Fact]
    public void It_says_which_when_why_it_was_not_renewed_and_what_to_do()
    {
        var signal = Assert.Single(CertificateSignals.Of("b", [new("node", Now.AddDays(5), "The store cannot be reached.")], withAuthority: true, Now));

        Assert.Equal("The certificate of node b runs out in 5 d, at 2026-03-06 12:00 UTC.", signal.Sentence);
        Assert.Equal("It could not be renewed by itself: The store cannot be reached.", signal.Because);
        Assert.Contains("holdfast node renew-certificate b", signal.Hint, StringComparison.Ordinal);
        Assert.Equal(("certificate:b/node", "node:b"), (signal.Subject, Assert.Single(signal.Related)));
    }

    [Fact]
    public void The_authority_of_all_is_told_once_and_a_door_by_each_node()
    {
        CertificateInfo[] all = [new("node", Now), new("authority", Now), new("door", Now)];

        Assert.Equal(["certificate:a/node", "certificate:authority", "certificate:a/door"], CertificateSignals.Of("a", all, withAuthority: true, Now).Select(signal => signal.Subject));
        Assert.Equal(["certificate:b/node", "certificate:b/door"], CertificateSignals.Of("b", all, withAuthority: false, Now).Select(signal => signal.Subject));
    }
}
