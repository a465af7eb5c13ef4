using Xunit;

// Every class has a lab of its own; two at once would make each other slow on a small machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
