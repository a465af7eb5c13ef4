using System.Globalization;
using Holdfast.Bench.Management;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Repository;
using Microsoft.Extensions.Logging.Abstractions;

if (args is not [var address, var operationsText, var eventsText])
{
    Console.Error.WriteLine("bench-management ADDRESS OPERATIONS EVENTS");
    return 2;
}

var (operations, events) = (long.Parse(operationsText, CultureInfo.InvariantCulture), long.Parse(eventsText, CultureInfo.InvariantCulture));
await using var database = new RepositoryDatabase(new RepositoryOptions { Address = address }, new Epoch(1, 1), TimeProvider.System, NullLogger<RepositoryDatabase>.Instance);
await database.OpenAsync(CancellationToken.None);
await new Filling(database).FillAsync(operations, events);
await new Asking(database).RunAsync();
return 0;
