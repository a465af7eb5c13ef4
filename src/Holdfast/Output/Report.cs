using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Output;

/// <summary>Where a command's result goes, for a person or for a program.</summary>
internal sealed class Report(Surroundings surroundings, bool json)
{
    public bool Json { get; } = json;

    public int Width => surroundings.Width;

    public Palette Palette { get; } = new(surroundings.Colour);

    /// <summary>Gets whether things may move on the screen.</summary>
    public bool Live => surroundings.OutIsTerminal && !Json;

    public TextWriter Out => surroundings.Out;

    /// <summary>Prints one result: the document, or what <paramref name="draw"/> writes for a person.</summary>
    public void Result<T>(T result, JsonTypeInfo<T> type, Action<T> draw)
    {
        if (Json) JsonLine(result, type);
        else draw(result);
    }

    public void Done(Done done) => Result(done, NodeApiJson.Printed.Done, result => Line(result.Message));

    public void Line(string text = "")
    {
        if (!Json) Out.WriteLine(text);
    }

    /// <summary>Prints one line of JSON, at once: readers of a stream wait for it.</summary>
    public void JsonLine<T>(T value, JsonTypeInfo<T> type)
    {
        Out.WriteLine(JsonSerializer.Serialize(value, type));
        Out.Flush();
    }

    /// <summary>Prints a document that is JSON already.</summary>
    public void JsonText(string document) => Out.WriteLine(document.Trim());

    /// <summary>A name as standard output takes it: for a person's eyes on a terminal, else as it is, for programs.</summary>
    public string Name(string name) => surroundings.OutIsTerminal ? NameText.ForPeople(name) : ByteText.ToPrintable(name);

    /// <summary>Something the person should know, beside the result.</summary>
    public void Warn(string sentence) => surroundings.Error.WriteLine("warning: " + sentence);
}
