namespace Holdfast.Cli.Tests;

/// <summary>Answers of the node API, as an agent sends them.</summary>
internal static class Samples
{
    public const string Decision = """
        {"epoch":"1.3","phase":"assigned","owner":"a","kind":"nodeLost","at":"2026-03-01T10:00:00+00:00","because":{"rule":"node-lost","sentence":"The lease of b ended.","evidence":["b was last seen 0.9 s ago"]}}
        """;

    public static string Role(string name = "web", string state = "online", string? owner = "a", string epoch = "1.3", string phase = "assigned", bool blocked = false, string desired = "online") => $$"""
        {"name":"{{name}}","owner":{{(owner is null ? "null" : $"\"{owner}\"")}},"epoch":"{{epoch}}","phase":"{{phase}}","state":"{{state}}","reason":"All resources are online, and so they have been for quite some time on this node.","desired":"{{desired}}","blocked":{{(blocked ? "true" : "false")}},"because":"first start","resources":[{"name":"address","type":"ip-address","state":"online","reason":"10.0.0.50/24 is on eth0."}]}
        """;

    public static string Node(string name = "a", string state = "up", string intent = "active") => $$"""
        {"name":"{{name}}","kind":"member","voter":true,"storeLeader":{{(name == "a" ? "true" : "false")}},"address":"10.0.0.11","state":"{{state}}","intent":"{{intent}}","incarnation":7,"leaseAgeMs":84.2,"roles":["web"]}
        """;

    public static string Status(string roles, string nodes, string store = "ok", string warnings = "") => $$"""
        {"name":"office","id":"c1","profile":"lan","revision":42,"answeredBy":"a","store":"{{store}}","nodes":[{{nodes}}],"roles":[{{roles}}],"warnings":[{{warnings}}]}
        """;

    public static string StatusOf(string role) => Status(role, Node());

    public static string Detail(string role) => $$"""{"summary":{{role}},"declaration":"roles:\n  web: {}\n","history":[{{Decision}}]}""";
}
