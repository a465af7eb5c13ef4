using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

public sealed class AlertValidatorTests
{
    [Fact]
    public void The_default_rules_are_valid_and_there_is_one_for_everything()
    {
        Assert.All(DefaultAlertRules.All, rule => Assert.Empty(AlertValidator.Validate(rule, [])));
        Assert.Equal(Enum.GetValues<AlertTrigger>(), DefaultAlertRules.All.Select(rule => rule.Trigger).Distinct().Order());
    }

    [Fact]
    public void Every_mistake_of_a_rule_is_told_at_once()
    {
        var wrong = AlertWorld.Rule("No", AlertTrigger.JobFailed, (5, "admin"), (5, "mail")) with { For = TimeSpan.FromDays(2), Within = TimeSpan.Zero, Count = 0, Threshold = 5, Subjects = [""] };

        Assert.Equal(
            ["count", "escalation[0].channels", "escalation[1].afterSeconds", "forSeconds", "name", "subjects[0]", "threshold", "withinSeconds"],
            AlertValidator.Validate(wrong, ["mail"]).Select(problem => problem.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_mistake_of_a_channel_is_told_at_once()
    {
        var mail = new AlertChannel { Name = "m", Mail = new() { Host = "a b", Port = 465, Security = MailSecurity.None, User = "u", From = "x\r\nBcc: y@z", To = ["no"] } };

        Assert.Equal(["mail.from", "mail.host", "mail.passwordFile", "mail.security", "mail.security", "mail.to[0]"], Fields(mail));
        Assert.Equal(["webhook.secretFile", "webhook.timeoutSeconds", "webhook.url"], Fields(new() { Name = "w", Webhook = new() { Url = "https://user:word@example.org/", SecretFile = "secret", TimeoutSeconds = 0 } }));
        Assert.Equal(["webhook.url"], Fields(new() { Name = "w", Webhook = new() { Url = "file:///etc/passwd" } }));
        Assert.Equal(["command.command", "command.user"], Fields(new() { Name = "c", Command = new() { Command = ["notify"], User = " " } }));
        Assert.Equal([""], Fields(new() { Name = "two", Webhook = new() { Url = "https://example.org/" }, Command = new() { Command = ["/bin/true"], User = "nobody" } }));
    }

    private static IEnumerable<string> Fields(AlertChannel channel) => AlertValidator.Validate(channel).Select(problem => problem.Field).Order(StringComparer.Ordinal);
}
