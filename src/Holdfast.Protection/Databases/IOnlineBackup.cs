using Holdfast.Protection.Backups;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Databases;

/// <summary>An online backup that has begun.</summary>
public interface IOnlineBackup : IAsyncDisposable
{
    /// <summary>Gets how far it is.</summary>
    BackupProgress Progress { get; }

    /// <summary>Reads the database into the vault and ends the backup.</summary>
    /// <param name="vault">The vault, its index loaded.</param>
    /// <param name="parent">What did not change since is taken from it; null to read everything.</param>
    /// <param name="onIssue">Is told what went wrong with single files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<SavedDatabase> SaveAsync(VaultRepository vault, DatabaseSnapshot? parent, Action<FileIssue>? onIssue, CancellationToken cancellationToken);
}
