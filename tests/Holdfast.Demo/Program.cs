using System.CommandLine;
using Holdfast.Demo;
using Holdfast.Demo.Faults;

var faults = new Option<string>("--faults")
{
    Description = $"Which faults to make, separated by commas, or all: {string.Join(", ", FaultCatalog.Names)}.",
    DefaultValueFactory = _ => string.Join(',', FaultCatalog.Shown.Select(fault => fault.Name)),
};
faults.Validators.Add(result =>
{
    foreach (var name in Split(result.GetValueOrDefault<string>()).Where(name => !FaultCatalog.Names.Contains(name)))
    {
        result.AddError($"there is no fault '{name}'; there are {string.Join(", ", FaultCatalog.Names)}");
    }
});
var runs = new Option<int>("--runs") { Description = "How often to make all of them.", DefaultValueFactory = _ => 1 };
var json = new Option<bool>("--json") { Description = "Print one JSON object a line, for each fault and role." };
var table = new Option<string?>("--table") { Description = "Write the table of results into this document, between its markers." };
var keep = new Option<bool>("--keep") { Description = "Leave the cluster up at the end, and print commands to try." };
var profile = new Option<string>("--profile") { Description = "The timing profile of the cluster: fast, lan or wan.", DefaultValueFactory = _ => "lan" };
profile.AcceptOnlyFromAmong("fast", "lan", "wan");
var leader = new Option<LeaderChoice>("--etcd-leader") { Description = "Where the etcd leader shall be when a fault strikes: any, lost (the node that is struck) or elsewhere." };
var root = new Option<string>("--root") { Description = "The folder of the checkout.", DefaultValueFactory = _ => Directory.GetCurrentDirectory() };

var command = new RootCommand("Makes a three-node cluster out of namespaces on this machine, breaks it, and measures what a client sees.") { faults, runs, json, table, keep, profile, leader, root };
command.SetAction(async (parsed, cancellationToken) =>
{
    var options = new DemoOptions
    {
        Faults = Split(parsed.GetValue(faults)),
        Runs = parsed.GetValue(runs),
        Json = parsed.GetValue(json),
        Table = parsed.GetValue(table) is { } path ? Path.GetFullPath(path) : null,
        Keep = parsed.GetValue(keep),
        Profile = parsed.GetValue(profile)!,
        Leader = parsed.GetValue(leader),
        Root = Path.GetFullPath(parsed.GetValue(root)!),
    };
    try
    {
        return await new DemoRun(options).RunAsync(cancellationToken);
    }
    catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or IOException)
    {
        await Console.Error.WriteLineAsync($"error: {exception.Message}");
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();

static string[] Split(string? list) => list == "all" ? [.. FaultCatalog.Names] : (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
