using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Holdfast.Management.Alerts;

/// <summary>Writes messages as mail (RFC 5322, MIME): pure.</summary>
internal static class MailText
{
    private const int LongestSubject = 200;
    private const int BytesInAWord = 45; // 60 letters of base64: an encoded word has at most 75 with its frame (RFC 2047).

    /// <summary>Writes a message, lines ended by CR LF.</summary>
    public static string Write(string cluster, string from, ImmutableArray<string> to, AlertDelivery delivery, DateTimeOffset now)
    {
        var (message, domain) = (delivery.Message, from[(from.LastIndexOf('@') + 1)..]);
        var subject = OneLine($"[{cluster}] {Word(message)}: {message.Sentence}");
        var head = new StringBuilder();
        void Add(string name, string value) => head.Append(name).Append(": ").Append(value).Append("\r\n");
        Add("From", OneLine(from));
        Add("To", string.Join(",\r\n ", to.Select(OneLine)));
        Add("Subject", Encoded(subject.Length > LongestSubject ? subject[..LongestSubject] : subject));
        Add("Date", now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        // The same with every try and every owner, so that a mail program shows it once; and all of one alert is one conversation.
        Add("Message-ID", OneLine($"<{delivery.Id}@{domain}>"));
        if (message.Alert.Length > 0) Add("References", OneLine($"<{message.Alert}@{domain}>"));
        Add("X-Holdfast-Alert", message.Alert.Length > 0 ? OneLine(message.Alert) : "test");
        Add("Auto-Submitted", "auto-generated"); // No answer from those on holiday (RFC 3834).
        Add("MIME-Version", "1.0");
        Add("Content-Type", "text/plain; charset=utf-8");
        Add("Content-Transfer-Encoding", "base64");
        return head.Append("\r\n").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(Body(cluster, message)), Base64FormattingOptions.InsertLineBreaks)).Append("\r\n").ToString();
    }

    private static string Body(string cluster, AlertMessage message) => string.Create(CultureInfo.InvariantCulture, $"""
        {message.Sentence}

        Why:        {message.Because}
        What to do: {message.Hint}

        Since:      {message.Opened.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(message.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", {message.Count} times") : "")}
        About:      {message.Subject}
        Rule:       {message.Rule}
        Cluster:    {cluster}{(message.Link is { } link ? $"\nConsole:    {link}" : "")}

        """);

    private static string Word(AlertMessage message)
    {
        var severity = message.Severity.ToString().ToLowerInvariant();
        return message.Kind switch { "closed" => "over", "test" => "test", "escalated" => $"still {severity}", "flapping" => $"{severity}, comes and goes", _ => severity };
    }

    /// <summary>A text of somebody else's must not begin another line of the head.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, static (line, from) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(from[i]) ? ' ' : from[i];
    });

    /// <summary>Letters beyond ASCII as encoded words (RFC 2047), none of which cuts a letter.</summary>
    private static string Encoded(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var words = new List<string>();
        var word = new List<byte>();
        Span<byte> letter = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(letter);
            if (word.Count + length > BytesInAWord) Flush();
            word.AddRange(letter[..length]);
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(word.ToArray())}?=");
            word.Clear();
        }
    }
}
