namespace Holdfast.Protection.Tests.Trees;

/// <summary>restic takes half a second to open a vault: tests share one.</summary>
[CollectionDefinition(nameof(ResticCollection))]
public sealed class ResticCollection : ICollectionFixture<ResticVault>;
