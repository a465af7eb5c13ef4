namespace Holdfast.Protection.Databases;

/// <summary>Which database it is, wherever it runs.</summary>
/// <param name="Engine">The engine's name, such as <c>postgresql</c>.</param>
/// <param name="Id">What the database says it is: a name may be given twice, this not.</param>
/// <param name="Name">What people call it; the host name of its snapshots.</param>
/// <param name="Version">The server's version.</param>
public sealed record DatabaseIdentity(string Engine, string Id, string Name, string Version)
{
    /// <summary>Whether a snapshot is of this database.</summary>
    public bool Owns(DatabaseFacts facts) => facts.Engine == Engine && facts.Id == Id && facts.Name == Name;
}
