using System.Text;
using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

/// <summary>Against a real SMTP server, which nobody here wrote.</summary>
public sealed class MailSenderTests
{
    private readonly MailSender _sender = new("lab", TimeProvider.System);

    [Fact]
    public async Task A_message_goes_over_STARTTLS_with_sign_in_to_everybody()
    {
        await using var server = await MailServer.StartAsync(isSecure: true);

        await _sender.SendAsync(Signed(server) with { To = ["ann@example.org", "bob@example.org"] }, Deliveries.Some(), CancellationToken.None);

        var mail = await server.NextAsync();
        Assert.True(mail.GetProperty("tls").GetBoolean());
        Assert.True(mail.GetProperty("user").GetBoolean());
        Assert.Equal(["ann@example.org", "bob@example.org"], mail.GetProperty("to").EnumerateArray().Select(to => to.GetString()));
        var (head, body) = Parts(mail.GetProperty("content").GetString()!);
        Assert.Contains("Subject: [lab] critical: The RPO of /srv/data is broken.", head, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <0011223344556677-1-opened-admins@example.org>", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("=?utf-8?B?", Parts((await SendAgainAsync(server)).GetProperty("content").GetString()!).Head, StringComparison.Ordinal);
        Assert.Contains("älter als erlaubt", body, StringComparison.Ordinal);
        Assert.Contains("holdfast job show gold", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_prove_its_name_gets_neither_password_nor_message()
    {
        await using var server = await MailServer.StartAsync(isSecure: true);

        var failure = await Fails(Signed(server) with { CaFile = null });

        Assert.False(failure.Permanent);
        Assert.Contains("certificate", failure.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_nothing_unless_the_channel_says_so()
    {
        await using var server = await MailServer.StartAsync(isSecure: false);

        Assert.Contains("no STARTTLS", (await Fails(Plain(server) with { Security = MailSecurity.StartTls })).Reason, StringComparison.Ordinal);
        await _sender.SendAsync(Plain(server), Deliveries.Some("What came second"), CancellationToken.None);

        Assert.Contains("What came second", Parts((await server.NextAsync()).GetProperty("content").GetString()!).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_so_is_a_file_that_is_not_there()
    {
        await using var server = await MailServer.StartAsync(isSecure: true);
        await File.WriteAllTextAsync(server.PasswordFile, "wrong");

        var refused = await Fails(Signed(server));
        Assert.Contains("does not let holdfast sign in: 535", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refused.Message, StringComparison.Ordinal);
        File.Delete(server.PasswordFile);

        Assert.Contains(server.PasswordFile, (await Fails(Signed(server))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_refuses_for_now_is_tried_again_and_what_it_refuses_for_good_is_not()
    {
        await using var server = await MailServer.StartAsync(isSecure: false);

        Assert.False((await Fails(Plain(server), "later")).Permanent);
        Assert.True((await Fails(Plain(server) with { To = ["nobody@example.org"] })).Permanent);
        // The others get it, and who does not is named.
        Assert.Contains("nobody@example.org (550", (await Fails(Plain(server) with { To = ["ann@example.org", "nobody@example.org"] })).Reason, StringComparison.Ordinal);
        Assert.Equal(["ann@example.org"], (await server.NextAsync()).GetProperty("to").EnumerateArray().Select(to => to.GetString()));
    }

    [Fact]
    public async Task A_sentence_of_somebody_else_s_cannot_begin_another_line_of_the_head()
    {
        await using var server = await MailServer.StartAsync(isSecure: false);

        await _sender.SendAsync(Plain(server), Deliveries.Some("Job x failed.\r\nBcc: eve@example.org\r\n\r\nHello"), CancellationToken.None);

        await Assert.ThrowsAsync<AlertDeliveryException>(() => _sender.SendAsync(Plain(server) with { To = ["x@y>\r\nRCPT TO:<eve@example.org"] }, Deliveries.Some(), CancellationToken.None));
        var mail = await server.NextAsync();
        Assert.Equal(["ann@example.org"], mail.GetProperty("to").EnumerateArray().Select(to => to.GetString()));
        Assert.DoesNotContain("\nBcc:", Parts(mail.GetProperty("content").GetString()!).Head, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<System.Text.Json.JsonElement> SendAgainAsync(MailServer server)
    {
        await _sender.SendAsync(Signed(server), Deliveries.Some("Größe: " + new string('ö', 150)), CancellationToken.None);
        return await server.NextAsync();
    }

    private static MailChannel Plain(MailServer server) => new() { Host = "localhost", Port = server.Port, Security = MailSecurity.None, From = "holdfast@example.org", To = ["ann@example.org"] };

    private static MailChannel Signed(MailServer server) => Plain(server) with { Security = MailSecurity.StartTls, CaFile = server.CertificateFile, User = "holdfast", PasswordFile = server.PasswordFile };

    private static (string Head, string Body) Parts(string content)
    {
        var parts = content.Split("\r\n\r\n", 2);
        var body = parts[0].Contains("Content-Transfer-Encoding: base64", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(Convert.FromBase64String(parts[1].Replace("\r\n", "", StringComparison.Ordinal))) : parts[1];
        return (parts[0].Replace("\r\n ", " ", StringComparison.Ordinal), body);
    }

    private async Task<AlertDeliveryException> Fails(MailChannel channel, string sentence = "x") => await Assert.ThrowsAsync<AlertDeliveryException>(() => _sender.SendAsync(channel, Deliveries.Some(sentence), CancellationToken.None));
}
