namespace Holdfast.Leash.Tests.Running;

/// <summary>One leash at a time: the tests measure, and share two cores with others.</summary>
[CollectionDefinition("leash", DisableParallelization = true)]
public sealed class LeashCollection;
