using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Holdfast.Agent.Resources.OpenCluster;

/// <summary>What an agent says of itself (its <c>meta-data</c> action, OCF resource agent API 1.0).</summary>
/// <param name="Parameters">Its parameters by name.</param>
/// <param name="Actions">What each action takes, by name; of several monitors that of depth 0.</param>
internal sealed record OcfMetadata(IReadOnlyDictionary<string, OcfParameter> Parameters, IReadOnlyDictionary<string, OcfAction> Actions)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly ConcurrentDictionary<string, (DateTime Written, OcfMetadata Metadata)> Known = new(StringComparer.Ordinal);

    /// <summary>How long an action may take by the agent's advice.</summary>
    public TimeSpan TimeoutOf(string action, TimeSpan otherwise) => Actions.TryGetValue(action, out var known) && known.Timeout > TimeSpan.Zero ? known.Timeout : otherwise;

    /// <summary>Asks the agent on this node, and remembers the answer until the agent is replaced. It only looks: <c>meta-data</c> has no effect.</summary>
    /// <returns>The answer, or what is wrong.</returns>
    public static async Task<(OcfMetadata? Metadata, string? Problem)> OfAsync(OcfAgent agent, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(agent.Path)) return (null, $"there is no agent {agent.Path}; install the package that has it, such as resource-agents");
        var written = File.GetLastWriteTimeUtc(agent.Path);
        if (Known.TryGetValue(agent.Path, out var known) && known.Written == written) return (known.Metadata, null);

        var start = new ProcessStartInfo(agent.Path, ["meta-data"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment.Clear();
        foreach (var (name, value) in OcfEnvironment.Common) start.Environment[name] = value;
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var text = await process.StandardOutput.ReadToEndAsync(either.Token);
            var complaint = await errors;
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0) return (null, $"{agent.Path} does not tell its parameters (meta-data exited with {process.ExitCode}: {ResourceFailure.LastLine(complaint)})");
            var metadata = Parse(text);
            Known[agent.Path] = (written, metadata);
            return (metadata, null);
        }
        catch (XmlException malformed)
        {
            return (null, $"what {agent.Path} tells of its parameters cannot be read: {malformed.Message.TrimEnd('.')}");
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            return (null, $"{agent.Path} cannot be run: {refused.Message.TrimEnd('.')}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{agent.Path} did not tell its parameters within {Limit.TotalSeconds:0} s");
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }

    /// <summary>Reads the XML.</summary>
    /// <exception cref="XmlException">It is none, or of something else.</exception>
    public static OcfMetadata Parse(string text)
    {
        // Agents print a reference to a DTD that is nowhere to be found.
        using var reader = XmlReader.Create(new StringReader(text.TrimStart()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        var root = XDocument.Load(reader).Root!;
        if (root.Name.LocalName != "resource-agent") throw new XmlException($"the root is {root.Name.LocalName}, not resource-agent");
        var parameters = new Dictionary<string, OcfParameter>(StringComparer.Ordinal);
        foreach (var parameter in root.Descendants("parameter"))
        {
            if ((string?)parameter.Attribute("name") is not { Length: > 0 } name) continue;
            var content = parameter.Element("content");
            parameters[name] = new(name, (string?)parameter.Attribute("required") is "1" or "true" or "yes", (string?)content?.Attribute("type") ?? "string", (string?)content?.Attribute("default"),
                string.Join(' ', ((string?)parameter.Element("shortdesc") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        }

        var actions = new Dictionary<string, OcfAction>(StringComparer.Ordinal);
        foreach (var action in root.Descendants("action"))
        {
            if ((string?)action.Attribute("name") is not { Length: > 0 } name || (actions.ContainsKey(name) && (string?)action.Attribute("depth") is not (null or "0"))) continue;
            actions[name] = new(Duration((string?)action.Attribute("timeout")), Duration((string?)action.Attribute("interval")));
        }

        return new(parameters, actions);
    }

    /// <summary>As Pacemaker writes them: <c>20</c>, <c>20s</c>, <c>500ms</c>, <c>2min</c>; a bare number is seconds.</summary>
    private static TimeSpan Duration(string? text)
    {
        var trimmed = (text ?? "").Trim();
        var digits = trimmed.Length - trimmed.AsSpan().TrimStart("0123456789").Length;
        if (!long.TryParse(trimmed.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 1_000_000) return TimeSpan.Zero;
        return trimmed[digits..].Trim() switch
        {
            "" or "s" or "sec" => TimeSpan.FromSeconds(number),
            "ms" or "msec" => TimeSpan.FromMilliseconds(number),
            "m" or "min" => TimeSpan.FromMinutes(number),
            "h" or "hr" => TimeSpan.FromHours(number),
            _ => TimeSpan.Zero,
        };
    }
}

/// <summary>A parameter of an agent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c>, or a word of the agent's own.</param>
/// <param name="Default">What it is when it is not given.</param>
/// <param name="Help">A few words.</param>
internal sealed record OcfParameter(string Name, bool Required, string Type, string? Default, string Help);

/// <summary>What an action takes.</summary>
/// <param name="Timeout">How long at most; zero when the agent does not say.</param>
/// <param name="Interval">How often; zero when the agent does not say.</param>
internal sealed record OcfAction(TimeSpan Timeout, TimeSpan Interval);
