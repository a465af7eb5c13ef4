using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Access;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Cluster.Access;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>
/// What the cluster itself answers: passed on to this node's agent as the person who asks. Levels are those of the node API, from the same table; what only makes sense on a
/// machine itself (to create a cluster, to join one, to recover it) is not here.
/// </summary>
internal sealed class NodeOperations(AgentLink agent)
{
    private const string Json = "application/json";
    private const string Yaml = "application/yaml";
    private const string Lines = "application/x-ndjson";

    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/agent", "Who the node that serves this is.", ApiJson.Default.AgentInfo),
        Get("/cluster", "The cluster: nodes, roles, store, and what needs attention.", ApiJson.Default.ClusterStatus),
        Act("POST", "/cluster/maintenance", "Puts the whole cluster into maintenance.", ApiJson.Default.MaintenanceRequest),
        Act("DELETE", "/cluster/maintenance", "Ends the maintenance of the cluster."),
        Get("/nodes", "The nodes.", ApiJson.Default.IReadOnlyListNodeStatus),
        Act("POST", "/nodes/{node}/pause", "Gives a node nothing new."),
        Act("POST", "/nodes/{node}/resume", "Lets a node be given roles again."),
        Act("POST", "/nodes/{node}/drain", "Moves every role off a node."),
        Act("POST", "/nodes/{node}/evict", "Takes a node out of the cluster."),
        Act("POST", "/nodes/{node}/revoke", "Takes a node out of the cluster and rotates the cluster's key."),
        Act("POST", "/nodes/{node}/confirm-down", "Says that a node is off, so that its roles may start elsewhere."),
        Act("POST", "/nodes/{node}/renew-certificate", "Renews a node's certificate."),
        Pass("POST", "/nodes/{node}/test", "Whether a node answers as a node of this cluster: round trip, clock, build, certificates.") with { Answer = ApiJson.Default.NodeTestAnswer },
        Get("/nodes/{node}/settings", "What a node is set to, and what holds where nothing is.", ApiJson.Default.NodeSettingsAnswer),
        Act("PUT", "/nodes/{node}/settings", "Sets all of what a node is set to; what is left out is as by default again.", ApiJson.Default.NodeSettings),
        Get("/nodes/{node}/reboot", "Whether a node may be restarted now, and what would follow.", ApiJson.Default.RebootAnswer),
        Get("/roles", "The roles.", ApiJson.Default.IReadOnlyListRoleSummary),
        Get("/roles/{role}", "A role with its declaration and last decisions.", ApiJson.Default.RoleDetail),
        Act("DELETE", "/roles/{role}", "Deletes a role."),
        Get("/roles/{role}/explain", "Why a role is where it is.", ApiJson.Default.RoleExplain),
        Get("/roles/{role}/standby", "Who would take a role over, and how long that would take.", ApiJson.Default.IReadOnlyListStandby),
        Act("POST", "/roles/{role}/move", "Moves a role.", ApiJson.Default.MoveRequest),
        Act("POST", "/roles/{role}/start", "Wants a role online."),
        Act("POST", "/roles/{role}/stop", "Wants a role offline."),
        Act("POST", "/roles/{role}/failback", "Lets a role go back to its preferred owner now."),
        Act("POST", "/roles/{role}/stay", "Keeps a role where it is."),
        Act("POST", "/roles/{role}/maintenance", "Puts a role into maintenance.", ApiJson.Default.MaintenanceRequest),
        Act("DELETE", "/roles/{role}/maintenance", "Ends the maintenance of a role."),
        Pass("POST", "/roles/{role}/rehearse", "Starts a role on a standby for a try, apart from everything.") with { Answer = ApiJson.Default.RehearsalAnswer, Query = Query(("node", "Where.")) },
        Act("POST", "/roles/{role}/resources", "Adds a resource to a role, given as YAML.") with { TextBody = Yaml },
        Act("POST", "/roles/{role}/resources/{resource}/online", "Wants a resource online."),
        Act("POST", "/roles/{role}/resources/{resource}/offline", "Wants a resource offline."),
        Act("POST", "/roles/{role}/resources/{resource}/restart", "Restarts a resource."),
        Act("POST", "/roles/{role}/resources/{resource}/use-network-name", "Gives a resource the role's network name as its computer name."),
        Get("/what-if", "What would follow if a node were lost.", ApiJson.Default.WhatIfAnswer) with { Query = Query(("down", "The nodes, separated by commas.")) },
        Get("/failures", "Which one or two failures the cluster would survive.", ApiJson.Default.IReadOnlyListFailureOutlook),
        Get("/doctor", "Examines every node.", ApiJson.Default.DoctorReport),
        Get("/jobs", "The jobs.", ApiJson.Default.IReadOnlyListJobInfo),
        Get("/jobs/{job}", "A job with its runs and how the present one goes.", ApiJson.Default.JobDetail),
        Get("/jobs/{job}/calendar", "When a job was due and will be, and what becomes of each run.", ApiJson.Default.JobCalendar) with { Query = Query(("from", "From when; the default is a day ago."), ("to", "Until when; the default is a week from now.")) },
        Pass("POST", "/jobs/{job}/run", "Asks for a run now.") with { Answer = ApiJson.Default.JobRunAnswer },
        Act("POST", "/jobs/{job}/pause", "Pauses a job.", ApiJson.Default.JobPauseRequest),
        Act("POST", "/jobs/{job}/resume", "Lets a job go on."),
        Act("POST", "/jobs/{job}/cancel", "Ends a job's present run."),
        Get("/schedulers", "Which node decides about which jobs.", ApiJson.Default.IReadOnlyListSchedulerInfo),
        Act("POST", "/schedulers/{node}/start", "Lets a node take jobs again."),
        Act("POST", "/schedulers/{node}/stop", "Lets a node take no jobs.", ApiJson.Default.SchedulerStopRequest),
        Get("/calendars", "The named calendars and the jobs that name them.", ApiJson.Default.IReadOnlyListCalendarInfo),
        Act("DELETE", "/calendars/{calendar}", "Deletes a calendar that no job names."),
        Get("/access", "Who may do what on the nodes' sockets and with certificates.", ApiJson.Default.IReadOnlyListGrantInfo),
        Act("POST", "/access", "Grants access.", ApiJson.Default.GrantRequest),
        Act("DELETE", "/access/{subject}", "Takes access back."),
        Get("/audit", "The last changes, as the store has them.", ApiJson.Default.IReadOnlyListAuditEntry) with { Query = Query(("limit", "How many, up to 200.")) },
        Get("/upgrade", "Which build each node runs, and what comes next.", ApiJson.Default.UpgradeStatus),
        Pass("POST", "/upgrade", "Takes the cluster to what is installed, node by node.") with { StreamAnswer = Lines },
        Pass("POST", "/profile/{profile}", "Changes the timing profile while everything runs.") with { StreamAnswer = Lines },
        Pass("POST", "/tokens/join", "Makes a token with which a machine joins the cluster.") with { Body = ApiJson.Default.TokenRequest, Answer = ApiJson.Default.TokenResponse },
        Pass("GET", "/backup", "The cluster's configuration as a file.") with { StreamAnswer = "application/octet-stream" },
        Pass("POST", "/restore", "Makes the configuration that of a backup, or says what would change.") with { Body = ApiJson.Default.RestoreRequest, Answer = ApiJson.Default.RestoreResponse },
    ];

    private static Dictionary<string, string> Query(params (string Name, string Meaning)[] query) => query.ToDictionary(item => item.Name, item => item.Meaning);

    // Tokens of programs have /tokens here, so that those for joining are beside them.
    private static string RouteOfAgent(string path) => "/v1" + (path == "/tokens/join" ? "/tokens" : path);

    private Operation Get<T>(string path, string summary, JsonTypeInfo<T> answer) => Pass("GET", path, summary) with { Answer = answer };

    private Operation Act(string method, string path, string summary, JsonTypeInfo? body = null) => Pass(method, path, summary) with { Body = body, Answer = ApiJson.Default.Done };

    private Operation Pass(string method, string path, string summary) => new(method, path, AccessRules.Needed(method, RouteOfAgent(path)), summary, ForwardAsync);

    private async Task ForwardAsync(HttpContext http, Person person)
    {
        var path = RouteOfAgent(http.Request.Path.Value![ApiRoutes.Base.Length..]);
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri($"http://agent{path}{http.Request.QueryString}"));
        request.Headers.TryAddWithoutValidation(CallerText.Header, person.Caller);
        if (http.Request.ContentLength is > 0 || http.Request.Headers.ContainsKey("Transfer-Encoding"))
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType ?? Json);
        }

        using var answer = await agent.ForwardAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await Copying.AtOnceAsync(await answer.Content.ReadAsStreamAsync(http.RequestAborted), http.Response.Body, http.RequestAborted);
    }
}
