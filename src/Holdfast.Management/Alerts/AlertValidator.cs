using System.Collections.Immutable;
using System.Net.Mail;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Naming;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Alerts;

/// <summary>Checks rules, channels and mutes. All mistakes at once, each with its field.</summary>
public static class AlertValidator
{
    private const int MostSteps = 10;
    private const int MostPatterns = 50;
    private const int LongestPattern = 300;
    private const int MostAddresses = 50;

    /// <summary>Returns all mistakes of a rule.</summary>
    /// <param name="channels">The channels that there are; <see cref="DefaultAlertRules.Channel"/> may be named before it exists.</param>
    public static ImmutableArray<PolicyProblem> Validate(AlertRule rule, IReadOnlyCollection<string> channels)
    {
        var problems = ImmutableArray.CreateBuilder<PolicyProblem>();
        void Wrong(string field, string message) => problems.Add(new(field, message));
        CheckName(rule.Name, Wrong);
        if (!Enum.IsDefined(rule.Trigger)) Wrong("trigger", "is none that there is.");
        CheckSpan(rule.For, "forSeconds", TimeSpan.Zero, TimeSpan.FromDays(1), Wrong);
        CheckSpan(rule.Within, "withinSeconds", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), Wrong);
        if (rule.Count is < 1 or > AlertTiming.TimesKept) Wrong("count", $"is {rule.Count}; it must be from 1 to {AlertTiming.TimesKept}.");
        if (rule.Threshold is { } threshold)
        {
            if (AlertThreshold.FewerIsWorse(rule.Trigger) is null) Wrong("threshold", "is given, but this trigger compares no number; leave it out.");
            else if (!double.IsFinite(threshold) || threshold < 0) Wrong("threshold", "must be a number from 0 on.");
            else if (rule.Trigger == AlertTrigger.DiskLow && threshold > 100) Wrong("threshold", $"is {threshold}; it is percent free, at most 100.");
        }

        if (rule.Subjects.Length > MostPatterns) Wrong("subjects", $"has {rule.Subjects.Length} patterns; at most {MostPatterns}.");
        foreach (var (index, pattern) in rule.Subjects.Index())
        {
            if (string.IsNullOrWhiteSpace(pattern) || pattern.Length > LongestPattern) Wrong($"subjects[{index}]", $"must be a pattern of 1 to {LongestPattern} characters, such as job:gold-*.");
        }

        if (rule.Escalation.Length > MostSteps) Wrong("escalation", $"has {rule.Escalation.Length} steps; at most {MostSteps}.");
        foreach (var (index, step) in rule.Escalation.Index())
        {
            CheckSpan(step.After, $"escalation[{index}].afterSeconds", TimeSpan.Zero, TimeSpan.FromDays(7), Wrong);
            if (index > 0 && step.After <= rule.Escalation[index - 1].After) Wrong($"escalation[{index}].afterSeconds", "must be later than the step before.");
            if (step.Channels.IsDefaultOrEmpty) Wrong($"escalation[{index}].channels", "is empty; name a channel.");
            else foreach (var stranger in step.Channels.Where(name => name != DefaultAlertRules.Channel && !channels.Contains(name))) Wrong($"escalation[{index}].channels", NearestName.Sentence("channel", stranger, channels));
        }

        return problems.ToImmutable();
    }

    /// <summary>Returns all mistakes of a channel.</summary>
    public static ImmutableArray<PolicyProblem> Validate(AlertChannel channel)
    {
        var problems = ImmutableArray.CreateBuilder<PolicyProblem>();
        void Wrong(string field, string message) => problems.Add(new(field, message));
        CheckName(channel.Name, Wrong);
        if (new object?[] { channel.Mail, channel.Webhook, channel.Command }.Count(way => way is not null) != 1) Wrong("", "One of mail, webhook and command must be given.");
        if (channel.Mail is { } mail) Check(mail, Wrong);
        if (channel.Webhook is { } webhook) Check(webhook, Wrong);
        if (channel.Command is { } command) Check(command, Wrong);
        return problems.ToImmutable();
    }

    /// <summary>Returns all mistakes of a mute.</summary>
    public static ImmutableArray<PolicyProblem> Validate(AlertMute mute, DateTimeOffset now)
    {
        var problems = ImmutableArray.CreateBuilder<PolicyProblem>();
        if (string.IsNullOrWhiteSpace(mute.Subject) || mute.Subject.Length > LongestPattern) problems.Add(new("subject", $"must be a pattern of 1 to {LongestPattern} characters, such as node:a, role:db or *."));
        if (mute.Until <= now) problems.Add(new("until", "is over already."));
        if (mute.Until > now.AddDays(30)) problems.Add(new("until", "is more than 30 days away; switch the rule off instead."));
        if (mute.Reason is { Length: > 400 }) problems.Add(new("reason", "is longer than 400 characters."));
        return problems.ToImmutable();
    }

    private static void Check(MailChannel mail, Action<string, string> wrong)
    {
        if (Uri.CheckHostName(mail.Host ?? "") == UriHostNameType.Unknown) wrong("mail.host", $"is '{mail.Host}'; it must be the name or address of the mail server.");
        CheckPort(mail.Port, "mail.port", wrong);
        if (mail is { Port: 465, Security: not MailSecurity.Tls }) wrong("mail.security", "must be tls on port 465, where TLS comes before SMTP.");
        if (mail is { Security: MailSecurity.None, User: not null }) wrong("mail.security", "is none, and there is a user: anybody on the way could read the password. Use starttls.");
        if (mail is { Security: MailSecurity.None, CaFile: not null }) wrong("mail.caFile", "is given, but the connection is not encrypted.");
        CheckFile(mail.CaFile, "mail.caFile", wrong);
        if (mail.User is null != mail.PasswordFile is null) wrong(mail.User is null ? "mail.user" : "mail.passwordFile", "is missing; give both or none.");
        CheckFile(mail.PasswordFile, "mail.passwordFile", wrong);
        if (!IsAddress(mail.From)) wrong("mail.from", $"is '{mail.From}'; it must be an address such as holdfast@example.org.");
        if (mail.To.Length is 0 or > MostAddresses) wrong("mail.to", $"must have 1 to {MostAddresses} addresses.");
        foreach (var (index, address) in mail.To.Index())
        {
            if (!IsAddress(address)) wrong($"mail.to[{index}]", $"is '{address}'; it must be an address such as admin@example.org.");
        }
    }

    private static void Check(WebhookChannel webhook, Action<string, string> wrong)
    {
        if (!Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0) wrong("webhook.url", $"is '{webhook.Url}'; it must be an https URL.");
        else if (url.UserInfo.Length > 0) wrong("webhook.url", "has a user or password in it, which everybody who may see the channel would read; use secretFile, by which the receiver knows who sends.");
        CheckFile(webhook.SecretFile, "webhook.secretFile", wrong);
        if (webhook.TimeoutSeconds is < 1 or > 60) wrong("webhook.timeoutSeconds", $"is {webhook.TimeoutSeconds}; it must be from 1 to 60.");
    }

    private static void Check(CommandChannel command, Action<string, string> wrong)
    {
        if (command.Command.IsEmpty || !IsPath(command.Command[0])) wrong("command.command", "must be a program, by its absolute path, and its arguments.");
        if (command.Command.Any(part => part is null || part.Contains('\0', StringComparison.Ordinal))) wrong("command.command", "has an argument that no program can be given.");
        if (string.IsNullOrWhiteSpace(command.User)) wrong("command.user", "is missing: the account that it runs as.");
        if (command.TimeoutSeconds is < 1 or > 600) wrong("command.timeoutSeconds", $"is {command.TimeoutSeconds}; it must be from 1 to 600.");
    }

    private static void CheckName(string? name, Action<string, string> wrong)
    {
        if (!EntityName.IsValid(name)) wrong("name", $"is '{name}'; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit.");
    }

    private static void CheckPort(int port, string field, Action<string, string> wrong)
    {
        if (port is < 1 or > 65535) wrong(field, $"is {port}; it must be from 1 to 65535.");
    }

    private static void CheckFile(string? path, string field, Action<string, string> wrong)
    {
        if (path is not null && !IsPath(path)) wrong(field, "must be an absolute path.");
    }

    private static void CheckSpan(TimeSpan span, string field, TimeSpan least, TimeSpan most, Action<string, string> wrong)
    {
        if (span < least || span > most) wrong(field, $"is {span.TotalSeconds} s; it must be from {Durations.Format(least)} to {Durations.Format(most)}.");
    }

    private static bool IsPath(string? path) => path is { Length: > 1 } && path[0] == '/' && !path.Any(char.IsControl);

    // Control characters would end a line of the message's head, or of SMTP, and begin another. Letters beyond ASCII need servers that know SMTPUTF8.
    private static bool IsAddress(string? text) => text is not null && text.All(letter => letter is > ' ' and < '\x7f' and not ('<' or '>')) && text.Contains('@', StringComparison.Ordinal) && MailAddress.TryCreate(text, out var address) && address.Address == text;
}
