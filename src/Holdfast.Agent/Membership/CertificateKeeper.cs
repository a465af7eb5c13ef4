using System.Security.Cryptography;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Store;

namespace Holdfast.Agent.Membership;

/// <summary>
/// Replaces this node's certificate while everything goes on: by itself when a third of its life is left, or when somebody asks. The key stays, so
/// that the certificate is one file that is replaced as one; etcd, and every connection that is made from then on, take the new one. Until
/// <see cref="Overlap"/> later the node may present either; then the old one is revoked.
/// </summary>
internal sealed class CertificateKeeper(NodeRuntime runtime, EventJournal journal, TimeProvider time)
{
    /// <summary>How long the old certificate stays good: longer than any connection between nodes is kept.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private const double RenewAtRest = 1.0 / 3;
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HearingTime = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Gets why it was not renewed when that was last tried; null when it was, or was not due.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Looks after the certificate until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (former, since) = ((string?)null, 0L);
        while (!cancellationToken.IsCancellationRequested)
        {
            await time.PauseAsync(LookPeriod, cancellationToken);
            if (runtime.Keys is null || !runtime.Keeper.Holds || runtime.Feed.Current is not { } state || !state.View.Nodes.TryGetValue(runtime.Node, out var record)) continue;
            try
            {
                if (record.Value.FormerFingerprint != former) (former, since) = (record.Value.FormerFingerprint, time.GetTimestamp());
                if (former is not null && time.GetElapsedTime(since) >= Overlap) await FinishAsync(former, cancellationToken);
                if (former is null && RestOfLife() < RenewAtRest) await RenewAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is HoldfastException or CryptographicException or IOException)
            {
                Trouble = exception.Message;
                journal.Add("certificate.not-renewed", $"The certificate of node {runtime.Node} could not be renewed: {exception.Message} It is tried again.");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Replaces the certificate now.</summary>
    public async Task<string> RenewAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var keys = runtime.Keys ?? throw new HoldfastException(ErrorKind.Conflict, "cluster.single-node", "This cluster of one machine has no certificates: it speaks to nobody.", "Nothing is to be done.");
            using var old = keys.LoadCertificate();
            using var certificate = await runtime.Admission.SignAsync(keys.Request(runtime.Node), cancellationToken);
            // One that was still being replaced is not waited for.
            await runtime.Admission.ReplaceCertificateAsync(runtime.Node, record => record with
            {
                CertificateFingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256), CertificateSerial = certificate.SerialNumber,
                FormerFingerprint = old.GetCertHashString(HashAlgorithmName.SHA256), FormerSerial = old.SerialNumber,
            }, before => before.FormerSerial is { } older && older != old.SerialNumber ? older : "", cancellationToken);
            await time.PauseAsync(HearingTime, cancellationToken); // The others hear of it before they are shown it.
            keys.InstallCertificate(certificate.ExportCertificatePem());
            Trouble = null;
            journal.Add("certificate.renewed", $"The certificate of node {runtime.Node} was renewed and is good until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}.");
            return $"The certificate of node {runtime.Node} was renewed; it is good until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}.";
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The part of the certificate's life that is left.</summary>
    private double RestOfLife()
    {
        using var certificate = runtime.Keys!.LoadCertificate();
        return (certificate.NotAfter.ToUniversalTime() - time.GetUtcNow()) / (certificate.NotAfter - certificate.NotBefore);
    }

    /// <summary>Revokes the certificate that was replaced, unless it is what the node still has: then the new one was lost on the way.</summary>
    private async Task FinishAsync(string former, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            using var own = runtime.Keys!.LoadCertificate();
            if (own.GetCertHashString(HashAlgorithmName.SHA256) == former)
                await runtime.Admission.ReplaceCertificateAsync(runtime.Node, record => record with { CertificateFingerprint = former, CertificateSerial = own.SerialNumber, FormerFingerprint = null, FormerSerial = null }, before => before.CertificateSerial == own.SerialNumber ? "" : before.CertificateSerial, cancellationToken);
            else
                await runtime.Admission.ReplaceCertificateAsync(runtime.Node, record => record.FormerFingerprint == former ? record with { FormerFingerprint = null, FormerSerial = null } : record, before => before.FormerFingerprint == former ? before.FormerSerial ?? "" : "", cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }
}
