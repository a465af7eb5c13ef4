using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Alerts;

/// <summary>Rules, channels and mutes: what people set, kept in the cluster's store.</summary>
internal sealed class AlertDesk(Documents documents, ClusterFollower follower, TimeProvider time)
{
    private const string RulesDocument = "alert-rules";
    private const string ChannelsDocument = "alert-channels";
    private const string MutesDocument = "alert-mutes";

    /// <summary>Gets the rules: those that come with the product, each as somebody changed it, and those that somebody added.</summary>
    public ImmutableArray<AlertRule> Rules
    {
        get
        {
            var own = documents.Find(RulesDocument, AlertJson.Default.AlertRules)?.Rules ?? [];
            return [.. DefaultAlertRules.All.Where(rule => own.All(other => other.Name != rule.Name)).Concat(own).OrderBy(rule => rule.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Gets the channels.</summary>
    public ImmutableArray<AlertChannel> Channels => documents.Find(ChannelsDocument, AlertJson.Default.AlertChannels)?.Channels ?? [];

    /// <summary>Gets the mutes that still hold, without those that follow from maintenance.</summary>
    public ImmutableArray<AlertMute> Mutes => [.. (documents.Find(MutesDocument, AlertJson.Default.AlertMutes)?.Mutes ?? []).Where(mute => mute.Until > time.GetUtcNow())];

    /// <summary>Gets what the engine judges by now.</summary>
    public AlertSettings Settings => new(Rules, [.. Channels.Select(channel => channel.Name)], follower.Status is { } cluster ? [.. Mutes, .. MaintenanceMutes.Of(cluster, time.GetUtcNow())] : Mutes);

    /// <summary>Sets a rule.</summary>
    /// <exception cref="HoldfastException">Code <c>alert-rule.invalid</c>.</exception>
    public Task PutRuleAsync(string name, AlertRule rule, Person by, CancellationToken cancellationToken)
    {
        RequireName(name, rule.Name);
        Require(AlertValidator.Validate(rule, [.. Channels.Select(channel => channel.Name)]), "alert-rule.invalid");
        return ChangeRulesAsync(rules => [.. rules.Where(other => other.Name != name), rule], by.Did($"set alert rule {name}"), cancellationToken);
    }

    /// <summary>Removes a rule; one that comes with the product is as it came.</summary>
    /// <exception cref="HoldfastException">Code <c>alert-rule.not-found</c>.</exception>
    public Task RemoveRuleAsync(string name, Person by, CancellationToken cancellationToken) =>
        ChangeRulesAsync(rules => rules.Any(rule => rule.Name == name) ? rules.RemoveAll(rule => rule.Name == name) : throw Missing("alert-rule", name), by.Did($"removed alert rule {name}"), cancellationToken);

    /// <summary>Sets a channel.</summary>
    /// <exception cref="HoldfastException">Code <c>channel.invalid</c>.</exception>
    public Task PutChannelAsync(string name, AlertChannel channel, Person by, CancellationToken cancellationToken)
    {
        RequireName(name, channel.Name);
        Require(AlertValidator.Validate(channel), "channel.invalid");
        return ChangeChannelsAsync(channels => [.. channels.Where(other => other.Name != name), channel], by.Did($"set channel {name}"), cancellationToken);
    }

    /// <summary>Removes a channel.</summary>
    /// <exception cref="HoldfastException">Code <c>channel.not-found</c>.</exception>
    public Task RemoveChannelAsync(string name, Person by, CancellationToken cancellationToken) =>
        ChangeChannelsAsync(channels => channels.Any(channel => channel.Name == name) ? channels.RemoveAll(channel => channel.Name == name) : throw Missing("channel", name), by.Did($"removed channel {name}"), cancellationToken);

    /// <summary>Mutes something for a time.</summary>
    /// <exception cref="HoldfastException">Code <c>mute.invalid</c>.</exception>
    public async Task<AlertMute> MuteAsync(AlertMute asked, Person by, CancellationToken cancellationToken)
    {
        var mute = asked with { Id = Guid.NewGuid().ToString("N")[..12], By = by.Name };
        Require(AlertValidator.Validate(mute, time.GetUtcNow()), "mute.invalid");
        await ChangeMutesAsync(mutes => [.. mutes, mute], by.Did($"muted {mute.Subject} until {mute.Until:O}"), cancellationToken);
        return mute;
    }

    /// <summary>Ends a mute.</summary>
    /// <exception cref="HoldfastException">Code <c>mute.not-found</c>.</exception>
    public Task UnmuteAsync(string id, Person by, CancellationToken cancellationToken) =>
        ChangeMutesAsync(mutes => mutes.Any(mute => mute.Id == id) ? mutes.RemoveAll(mute => mute.Id == id) : throw Missing("mute", id), by.Did($"ended mute {id}"), cancellationToken);

    private static void RequireName(string name, string said)
    {
        EntityName.Require(name, "name");
        if (said != name) throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"name: is '{said}', and the address names '{name}'.", "Nothing was changed.");
    }

    private static void Require(ImmutableArray<PolicyProblem> problems, string code)
    {
        if (!problems.IsEmpty) throw new HoldfastException(ErrorKind.Invalid, code, string.Join('\n', problems.Select(problem => problem.ToString())), "Nothing was changed.");
    }

    private static HoldfastException Missing(string kind, string name) => new(ErrorKind.NotFound, $"{kind}.not-found", $"There is no {kind} {name} of yours.", "Nothing was changed.");

    private Task ChangeRulesAsync(Func<ImmutableArray<AlertRule>, ImmutableArray<AlertRule>> change, string audit, CancellationToken cancellationToken) =>
        documents.ChangeAsync(RulesDocument, AlertJson.Default.AlertRules, record => new AlertRules(change(record?.Rules ?? [])), audit, cancellationToken);

    private Task ChangeChannelsAsync(Func<ImmutableArray<AlertChannel>, ImmutableArray<AlertChannel>> change, string audit, CancellationToken cancellationToken) =>
        documents.ChangeAsync(ChannelsDocument, AlertJson.Default.AlertChannels, record => new AlertChannels(change(record?.Channels ?? [])), audit, cancellationToken);

    private Task ChangeMutesAsync(Func<ImmutableArray<AlertMute>, ImmutableArray<AlertMute>> change, string audit, CancellationToken cancellationToken) =>
        documents.ChangeAsync(MutesDocument, AlertJson.Default.AlertMutes, record => new AlertMutes(change([.. (record?.Mutes ?? []).Where(mute => mute.Until > time.GetUtcNow())])), audit, cancellationToken);
}

/// <summary>Document <c>alert-rules</c>.</summary>
public sealed record AlertRules(ImmutableArray<AlertRule> Rules);

/// <summary>Document <c>alert-channels</c>.</summary>
public sealed record AlertChannels(ImmutableArray<AlertChannel> Channels);

/// <summary>Document <c>alert-mutes</c>.</summary>
public sealed record AlertMutes(ImmutableArray<AlertMute> Mutes);
