using Holdfast.Agent.Api;
using Holdfast.Management.Alerts;
using Holdfast.Management.Alerts.Sources;
using Holdfast.Management.Api;
using Holdfast.Management.Approvals;
using Holdfast.Management.Collecting;
using Holdfast.Management.Compliance;
using Holdfast.Management.Link;
using Holdfast.Management.Machines;
using Holdfast.Management.People;
using Holdfast.Management.Policies;
using Holdfast.Management.Repository;
using Holdfast.Management.Settings;
using Holdfast.Management.Vaults;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Hosting;

/// <summary>The parts of the service, put together: who knows whom, what is served, and what runs all the time.</summary>
internal sealed class ServiceParts : IAsyncDisposable
{
    private readonly ClusterFollower _follower;
    private readonly RepositoryDatabase _repository;
    private readonly Collector _collector;
    private readonly AlertService _alerts;
    private readonly RateLimits _limits;
    private readonly WebhookSender _webhooks;
    private readonly ApprovalDesk _approvals;
    private readonly IReadOnlyList<Func<CancellationToken, Task>> _loops;

    public ServiceParts(ManagementOptions options, AgentLink agent, Documents documents, string cluster, TimeProvider time, ILoggerFactory loggers)
    {
        // Who may do what.
        PeopleDesk? desk = null;
        var settings = new SettingsDesk(documents, by => desk!.ApproversBeside(by));
        var people = desk = new PeopleDesk(documents, () => settings.Current, time);
        _limits = new RateLimits(() => settings.Current.RequestsPerSecond);

        // What is, and what was.
        _follower = new ClusterFollower(agent, time);
        _repository = new RepositoryDatabase(new RepositoryOptions { Address = options.Database ?? OwnDatabase(options) }, options.Epoch, time, loggers.CreateLogger<RepositoryDatabase>());
        Standing = new ServiceStanding(agent, options, _repository, time);
        var sights = new SightBook();
        var machines = new MachineWatch(agent, _follower, sights, time);
        var sightKeeper = new SightKeeper(sights, () => _follower.Status, _repository, time, loggers.CreateLogger<SightKeeper>());
        var certificates = new CertificateWatch(agent, _follower, time);
        var retention = new Retention(_repository, () => settings.Current.History, time, loggers.CreateLogger<Retention>());

        // What is protected.
        var vaults = new VaultDesk(agent, documents, _follower, _repository, time);
        var policies = new PolicyDesk(agent, documents, _follower, machines, vaults);
        var compliance = new ComplianceWatch(agent, policies, _follower, _repository, time, loggers.CreateLogger<ComplianceWatch>());
        var keeper = new PolicyKeeper(policies, time, loggers.CreateLogger<PolicyKeeper>());
        var catalogue = new CatalogueKeeper(vaults, _repository, time, loggers.CreateLogger<CatalogueKeeper>());
        _collector = new Collector(_repository, new AgentJournals(agent, time), policies.OriginOf, time, loggers.CreateLogger<Collector>());

        // What somebody should know.
        var alertDesk = new AlertDesk(documents, _follower, time);
        _webhooks = new WebhookSender(cluster, time);
        var sender = new ChannelSender(() => alertDesk.Channels, new MailSender(cluster, time), _webhooks, new CommandSender(new UserProcess(time).RunAsync, cluster, time), () => settings.Current.ConsoleAddress);
        _alerts = new AlertService(
            new AlertStore(documents, _repository, row => _follower.Tell(StreamEvent.Of("alert", row, HistoryJson.Default.AlertRow))), sender, () => alertDesk.Settings, time, loggers.CreateLogger<AlertService>());
        var alertWatch = new AlertWatch(agent, _alerts, _follower, compliance, policies, machines, certificates, _repository, time, loggers.CreateLogger<AlertWatch>());

        // What needs a second person is one of the operations, carried out later.
        List<Operation> operations = [];
        var subjects = new ActSubjects(agent, policies, vaults, people, settings);
        _approvals = new ApprovalDesk(new ApprovalStore(documents), new ApprovalRun(() => operations, subjects.StampAsync, people.Find).CarryOutAsync, subjects.StampAsync, time, loggers.CreateLogger<ApprovalDesk>());
        _approvals.Changed += () => _follower.Tell(new StreamEvent("approval", "{}"));
        var gate = new ApprovalGate(_approvals, new ActJudge(policies, people, settings), () => settings.Current.SecondPerson);
        operations.AddRange((IEnumerable<Operation>)
        [
            .. new PeopleOperations(people).All(),
            .. new OverviewOperations(agent, _follower, Standing, new EventStream(_follower, Standing, _repository, time), _alerts, alertWatch, compliance, _approvals, time).All(),
            .. new NodeOperations(agent).All(),
            .. new HistoryOperations(_repository, vaults.LocationOf, time).All(),
            .. new MachineOperations(machines, _follower).All(),
            .. new VaultOperations(vaults, new SnapshotDesk(agent, vaults, loggers.CreateLogger<SnapshotDesk>()), new RestoreDesk(agent, vaults, _follower)).All(),
            .. new PolicyOperations(policies, compliance).All(),
            .. new AlertOperations(_alerts, alertDesk, _repository).All(),
            .. new SettingsOperations(settings, _repository, new DatabaseTest(time)).All(),
            .. new ApprovalOperations(_approvals, () => settings.Current.SecondPerson, time).All(),
        ]);
        Operations = [.. operations.Select(gate.Guard)];
        Routes = new ApiRoutes(people, _limits, new Idempotency(_repository));
        Metrics = new MetricsText(_follower, _alerts, compliance, _repository, _collector, options);
        _loops =
        [
            _follower.RunAsync, _repository.KeepAsync, _collector.RunAsync, retention.RunAsync, machines.RunAsync, sightKeeper.RunAsync, certificates.RunAsync, compliance.RunAsync, _alerts.RunAsync, alertWatch.RunAsync, keeper.RunAsync,
            catalogue.RunAsync, _approvals.RunAsync,
        ];
    }

    /// <summary>Gets every request that is answered.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Gets what leads to them.</summary>
    public ApiRoutes Routes { get; }

    /// <summary>Gets where the service is.</summary>
    public ServiceStanding Standing { get; }

    /// <summary>Gets the figures for Prometheus.</summary>
    public MetricsText Metrics { get; }

    /// <summary>Runs until cancelled. Whatever ends by itself is a reason to end: the next process begins anew, here or elsewhere.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _collector.Committed += collected => Tell(collected, cancellationToken);
        await await Task.WhenAny(_loops.Select(loop => loop(cancellationToken)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _approvals.Dispose();
        _webhooks.Dispose();
        _limits.Dispose();
        await _repository.DisposeAsync();
    }

    // What was collected is in the history now: whoever follows hears of it, and so do the alerts.
    private void Tell(Collected collected, CancellationToken cancellationToken)
    {
        foreach (var item in collected.Events)
        {
            _follower.Tell(StreamEvent.Of(StreamEvent.Kept, item, HistoryJson.Default.EventRow, _repository.Identity is { } database ? new StreamPosition(database, item.Id) : null));
            if (RoleEvents.Of(new ClusterEvent(item.At, 0, item.Node, item.Kind, item.Role, item.Resource, item.Epoch, item.Message, item.Because)) is { } happened) _ = _alerts.TellAsync(happened, cancellationToken);
        }

        foreach (var run in collected.Runs) _follower.Tell(StreamEvent.Of("operation", run.Row, HistoryJson.Default.OperationRow));
    }

    private static string OwnDatabase(ManagementOptions options) => $"sqlite:{Path.Combine(Directory.CreateDirectory(Path.Combine(options.StateDirectory, "management")).FullName, "history.db")}";
}
