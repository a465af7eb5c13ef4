using Holdfast.Cli.CommandLine;

return await HoldfastCommandLine.RunAsync(args, Surroundings.OfProcess());
