using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>What browsers are told to refuse: scripts and frames of anybody else above all, so that a name with markup in it stays a name.</summary>
internal static class SecurityHeaders
{
    // Mantine sets its sizes in style attributes; everything else comes from this server alone.
    private const string Policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        if (http.Request.Path.StartsWithSegments("/api")) headers.CacheControl = "no-store";
        return next(http);
    }
}
