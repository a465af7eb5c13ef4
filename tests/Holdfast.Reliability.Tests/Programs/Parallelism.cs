// Moments are measured: two tests at once would shift each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
