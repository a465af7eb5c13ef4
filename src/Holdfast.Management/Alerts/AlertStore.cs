using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Management.Link;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Alerts;

/// <summary>Keeps what alerts are open in the cluster's store, where a takeover finds it and the epoch guards it; their history goes to the database, when that answers.</summary>
internal sealed class AlertStore(Documents documents, RepositoryDatabase repository, Action<AlertRow> tell) : IAlertStore
{
    private const string Document = "alert-state";
    private ImmutableDictionary<string, Alert> _unwritten = ImmutableDictionary<string, Alert>.Empty;

    /// <inheritdoc/>
    public Task<AlertState> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(documents.Find(Document, AlertJson.Default.AlertState) ?? AlertState.Empty);

    /// <inheritdoc/>
    public async Task SaveAsync(AlertState state, ImmutableArray<Alert> changed, CancellationToken cancellationToken)
    {
        await documents.ChangeAsync(Document, AlertJson.Default.AlertState, _ => state, null, cancellationToken);
        _unwritten = _unwritten.SetItems(changed.Select(alert => KeyValuePair.Create(alert.Id, alert)));
        foreach (var alert in changed) tell(RowOf(alert));
        await WriteHistoryAsync(cancellationToken);
    }

    /// <summary>An alert as the history and the API have it.</summary>
    public static AlertRow RowOf(Alert alert) => new()
    {
        Id = alert.Id, Rule = alert.Rule, Severity = alert.Severity.ToString().ToLowerInvariant(), Subject = alert.Signal.Subject, Sentence = alert.Signal.Sentence, Because = alert.Signal.Because, Hint = alert.Signal.Hint,
        Opened = alert.Opened, Last = alert.Last, Count = alert.Count, State = alert.Status.ToString().ToLowerInvariant(), Flapping = alert.Flapping, AcknowledgedBy = alert.AcknowledgedBy, Comment = alert.Comment, Closed = alert.Closed,
    };

    private async Task WriteHistoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var alert in _unwritten.Values)
            {
                await repository.Alerts.PutAsync(RowOf(alert), alert.AcknowledgedBy, cancellationToken);
                _unwritten = _unwritten.Remove(alert.Id);
            }
        }
        catch (HoldfastException away) when (away.Code is "repository.down")
        {
            // With the next change; what is open is kept whether or not anybody keeps its history.
        }
    }
}
