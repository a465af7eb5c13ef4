namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>Roles that many tests declare. A role declared again goes on with the epochs of its name, so tests that look at epochs use names of their own.</summary>
internal static class Declarations
{
    /// <summary>The sample's echo service behind an address.</summary>
    public static string Echo(string name, string address, int port = 7000, string more = "") => $$"""
        roles:
          {{name}}:
            restarts: 100 in 15m
            failovers: 100 in 15m
            {{more}}
            resources:
              address: { type: ip-address, address: {{address}}/24 }
              service:
                type: process
                command: [/usr/bin/perl, /opt/samples/echo/echo.pl, "{{port}}"]
                user: nobody
                depends-on: [address]
                probes:
                  - { tcp: "127.0.0.1:{{port}}" }
        """;

    /// <summary>A service that writes down when it runs, behind an address.</summary>
    public static string Beating(string name, string address, int port = 7100, string more = "", string restarts = "100 in 15m", string failovers = "100 in 15m") => $$"""
        roles:
          {{name}}:
            restarts: {{restarts}}
            failovers: {{failovers}}
            {{more}}
            resources:
              address: { type: ip-address, address: {{address}}/24 }
              service:
                type: process
                command: [/usr/bin/perl, /opt/services/beat.pl, "{{port}}", /opt/beats]
                user: nobody
                stop-timeout: 2s
                depends-on: [address]
                probes:
                  - { tcp: "127.0.0.1:{{port}}" }
        """;

    /// <summary>Programs without addresses: light enough to have many.</summary>
    public static string Sleeping(string name, string more = "") => $$"""
        roles:
          {{name}}:
            {{more}}
            resources:
              service: { type: process, command: [/usr/bin/sleep, infinity], user: nobody }
        """;
}
