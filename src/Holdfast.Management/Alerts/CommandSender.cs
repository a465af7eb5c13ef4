using System.Text.Json;

namespace Holdfast.Management.Alerts;

/// <summary>Runs a program for each message, which reads it as JSON from its standard input. Exit code 0 is success; 75 and signals may be gone the next time; anything else is permanent, as of command jobs.</summary>
/// <param name="run">Runs it: as its user, within its time, killed with everything it began when that is over.</param>
/// <param name="cluster">The cluster's name.</param>
public sealed class CommandSender(Func<CommandRequest, CancellationToken, Task<int>> run, string cluster, TimeProvider time)
{
    private const int TemporaryFailure = 75;

    /// <summary>Sends one message.</summary>
    /// <exception cref="AlertDeliveryException">It did not exit with 0.</exception>
    public async Task SendAsync(CommandChannel channel, AlertDelivery delivery, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new WebhookBody(delivery.Id, time.GetUtcNow(), cluster, delivery.Message), AlertJson.Default.WebhookBody);
        var code = await run(new CommandRequest(channel.Command, channel.User, body, TimeSpan.FromSeconds(channel.TimeoutSeconds)), cancellationToken);
        if (code != 0) throw new AlertDeliveryException($"{channel.Command[0]} exited with {code}", permanent: code is not TemporaryFailure and < 128);
    }
}
