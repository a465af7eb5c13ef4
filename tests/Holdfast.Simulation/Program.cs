using System.CommandLine;
using Holdfast.Simulation.Campaigns;
using Holdfast.Simulation.Mistakes;

var seeds = new Option<long>("--seeds") { Description = "How many seeds to play.", DefaultValueFactory = _ => 200 };
seeds.Validators.Add(result =>
{
    if (result.GetValueOrDefault<long>() < 1) result.AddError("--seeds must be at least 1");
});
var first = new Option<long>("--first") { Description = "The first seed; a failing seed plays the same again.", DefaultValueFactory = _ => 1 };
var mistake = new Option<Mistake>("--mistake") { Description = "A rule of the lease protocol that is deliberately not kept: the simulation must then fail." };
var json = new Option<bool>("--json") { Description = "Print the result as one JSON object." };
var command = new RootCommand("Plays clusters through storms of faults in virtual time, with the real planner, lease keeper, role runner and leash logic, and looks at every step for two owners of a role.")
{
    seeds, first, mistake, json,
};
command.SetAction((parsed, cancellationToken) =>
{
    var (count, quiet) = (parsed.GetValue(seeds), parsed.GetValue(json) || Console.IsErrorRedirected);
    var result = Campaign.Run(parsed.GetValue(first), count, parsed.GetValue(mistake), done =>
    {
        if (!quiet && done % 10 == 0) Console.Error.Write($"\r{done} of {count} seeds ");
    }, cancellationToken);
    if (!quiet) Console.Error.Write("\r");
    if (parsed.GetValue(json)) CampaignReport.PrintJson(result);
    else CampaignReport.Print(result);
    return Task.FromResult(result.FailingSeed is null ? 0 : 1);
});
return await command.Parse(args).InvokeAsync();
