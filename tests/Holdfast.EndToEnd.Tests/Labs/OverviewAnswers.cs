using System.Text.Json;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>What the service says of itself.</summary>
internal static class OverviewAnswers
{
    public static string Service(this JsonElement overview) => overview.GetProperty("service").Text("node");
}
