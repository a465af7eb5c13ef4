using System.Diagnostics;
using System.Text.Json;
using Holdfast.Management.Tests.Service;

namespace Holdfast.Console.Tests;

/// <summary>A service that has been at work, because empty pages hide what is wrong with full ones: a vault with snapshots, a policy, jobs that went well, one that did not, and what was told of it.</summary>
/// <param name="Machine">The one machine.</param>
/// <param name="Job">A job of the policy, with runs.</param>
/// <param name="Papers">The folder that it protects.</param>
/// <param name="Vault">The vault's location.</param>
/// <param name="Snapshot">The newest snapshot in it.</param>
internal sealed record Contents(string Machine, string Job, string Papers, string Vault, string Snapshot)
{
    /// <summary>A file of the folder; the first of the runs has added a line to it when the second takes it.</summary>
    public const string Register = "register.txt";

    private const string Broken = "broken";

    public static async Task<Contents> FillAsync(DevService service)
    {
        var (api, user) = (service.Admin, Environment.UserName);
        var (vault, password, papers) = (Path.Combine(service.State, "archive"), Path.Combine(service.State, "archive.key"), Path.Combine(service.State, "papers"));
        Directory.CreateDirectory(Path.Combine(papers, "letters"));
        await File.WriteAllTextAsync(Path.Combine(papers, "letters", "a name that is longer than a telephone is wide, as names of files are when people describe what is in them.txt"), "Dear reader");
        await File.WriteAllTextAsync(password, "a vault of tests");
        using (var made = Process.Start(Path.Combine(DevService.Root(), "dist", "holdfast"), ["vault", "init", "--vault", vault, "--password-file", password]))
        {
            await made.WaitForExitAsync();
            Assert.Equal(0, made.ExitCode);
        }

        var machine = (await api.GetAsync("nodes"))[0].GetProperty("name").GetString()!;
        await api.SetAsync(HttpMethod.Put, "vaults/archive", new { location = vault, passwordFile = password });
        await api.ApplyAsync($"kind: Policy\nname: library\nuser: {user}\nthings: [{{ tree: {papers}, node: {machine} }}]\nvaults: [archive]\nschedule: {{ when: every 1h }}\nrpo: 2h\n");
        await api.ApplyAsync($"kind: Job\nname: {Broken}\nrun: command\nuser: {user}\ncommand: [/bin/false]\nretries: {{ permanent: \"0\", transient: \"0\" }}\n");
        var job = JobOf(await UntilAsync(() => api.GetAsync("jobs"), jobs => JobOf(jobs) is not null))!;
        for (var run = 1; run <= 2; run++)
        {
            var wanted = run;
            await api.SetAsync(HttpMethod.Post, $"jobs/{job}/run");
            await UntilAsync(() => api.GetAsync($"operations?job={job}"), rows => Items(rows).Count(row => row.GetProperty("state").GetString() == "completed") >= wanted);
            await File.AppendAllTextAsync(Path.Combine(papers, Register), $"Run {run}\n");
        }

        await api.SetAsync(HttpMethod.Post, $"jobs/{Broken}/run");
        await UntilAsync(() => api.GetAsync("alerts"), alerts => Items(alerts).Any(alert => alert.GetRawText().Contains(Broken, StringComparison.Ordinal)));
        var snapshots = await UntilAsync(() => api.GetAsync("snapshots"), rows => Items(rows).Count(row => row.GetProperty("vault").GetString() == vault) >= 2);
        return new(machine, job, papers, vault, Items(snapshots).First(row => row.GetProperty("vault").GetString() == vault).GetProperty("id").GetString()!);

        static string? JobOf(JsonElement jobs) => jobs.EnumerateArray().Select(job => job.GetProperty("name").GetString()!).FirstOrDefault(name => name.StartsWith("library", StringComparison.Ordinal));
    }

    private static IEnumerable<JsonElement> Items(JsonElement page) => (page.ValueKind == JsonValueKind.Array ? page : page.GetProperty("items")).EnumerateArray();

    private static async Task<JsonElement> UntilAsync(Func<Task<JsonElement>> askAsync, Func<JsonElement, bool> isSo)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await askAsync();
            if (isSo(answer)) return answer;
            Assert.True(tries < Window.MostTries, answer.GetRawText());
            await Task.Delay(Window.Pause, TimeProvider.System);
        }
    }
}
