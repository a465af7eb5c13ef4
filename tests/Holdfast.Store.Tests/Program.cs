using Holdfast.Store.Tests.Embedded;

// The test runner loads this assembly; run as a program it is the victim of the crash tests.
return await CommitLoop.RunAsync(args);
