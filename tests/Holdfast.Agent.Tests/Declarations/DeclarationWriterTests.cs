using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Declarations;

public sealed class DeclarationWriterTests
{
    [Fact]
    public void A_role_is_written_as_people_would_write_it()
    {
        const string yaml = """
            roles:
              orders:
                possible-owners: [a, b]
                failback: at-once
                restarts: 5 in 15m
                resources:
                  data:
                    type: disk
                    device: "UUID=7d6a b"
                    target: /srv/orders
                  db:
                    type: process
                    depends-on: [data]
                    command: [sleep, "1", "true", "", "a: b # c", "line\nbreak"]
                    start-timeout: 5m
                    probes:
                    - {tcp: "10.0.0.100:5432", interval: 250ms}
                    - {command: [pg_isready, -q]}

            """;

        var result = DeclarationReader.Read(yaml, "f", null);

        Assert.Empty(result.Problems);
        Assert.Equal(yaml.Replace(" -q]", " \"-q\"]", StringComparison.Ordinal), DeclarationWriter.Write(result.Roles));
    }

    [Fact]
    public void What_is_written_is_read_back_as_the_same()
    {
        Prop.ForAll(Roles().ToArbitrary(), role =>
        {
            var yaml = DeclarationWriter.Write(role);
            var result = DeclarationReader.Read(yaml, "f", null);
            return (result.Problems.IsEmpty && result.Roles.Single().Equals(role)).Label($"{string.Join('\n', result.Problems)}\n{yaml}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static Gen<RoleSpec> Roles()
    {
        var names = Gen.Elements("a", "b2", "n-1", "0", "null", "true", "1e3", "on");
        var texts = Gen.OneOf(
            Gen.Elements("x", " lead", "trail ", "~", "null", "No", "", "a: b", "#c", "- d", "{e}", "[f]", "'g'", "\"h\"", "\\", "tab\t", "nl\nnl", "\r", "é", "日本", "\u0085", "\u2028", "%", "@", "`", "!t", "&r", "*r", "|", ">", "? k", "😀"),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => new string([.. text.Get.Where(letter => letter is >= ' ' and < '\ud800')])));
        var filled = texts.Where(text => text.Length > 0);
        var lists = filled.NonEmptyListOf().Select(list => PropertyValue.Of(list.Take(4)));
        var durations = Gen.Choose(20, 86_400).Select(count => TimeSpan.FromMilliseconds(count * 20L));
        var probes =
            from kind in Gen.Elements(ProbeKind.Tcp, ProbeKind.Http, ProbeKind.Command)
            from command in filled.NonEmptyListOf()
            from purpose in Gen.Elements(ProbePurpose.Both, ProbePurpose.Liveness, ProbePurpose.Readiness)
            from interval in durations
            from timeout in Gen.Choose(20, 600_000)
            from threshold in Gen.Choose(1, 1000)
            select new ProbeSpec
            {
                Purpose = purpose,
                Kind = kind,
                Target = kind == ProbeKind.Tcp ? "[::1]:80" : kind == ProbeKind.Http ? "https://h/x?y=1#z" : null,
                Command = kind == ProbeKind.Command ? [.. command] : [],
                Interval = interval,
                Timeout = TimeSpan.FromMilliseconds(timeout),
                Threshold = threshold,
            };
        var resources =
            from command in lists
            from variables in filled.ListOf()
            from user in filled
            from start in durations
            from stop in durations
            from desired in Gen.Elements(DesiredState.Online, DesiredState.Offline)
            from asked in probes.ListOf()
            from idle in probes.Select(probe => (ProbeSpec?)probe).Or(Gen.Constant((ProbeSpec?)null))
            select new ResourceSpec
            {
                Name = new ResourceName("r"),
                Type = "process",
                Properties = ImmutableSortedDictionary<string, PropertyValue>.Empty.WithComparers(StringComparer.Ordinal)
                    .Add("command", command).Add("user", PropertyValue.Of(user))
                    .Add("environment", PropertyValue.Of(variables.Index().Select(entry => KeyValuePair.Create($"V{entry.Index}", entry.Item)))),
                StartTimeout = start + TimeSpan.FromMilliseconds(100),
                StopTimeout = stop + TimeSpan.FromMilliseconds(100),
                Desired = desired,
                Idle = idle,
                Probes = [.. asked.Take(3)],
            };
        return
            from name in names
            from owners in names.ListOf()
            from policy in Gen.Elements("never", "at-once", "ask", "window 23:30-00:15")
            from count in Gen.Choose(0, 1000)
            from period in durations
            from numbers in Gen.Choose(0, 1000).ArrayOf(3)
            from desired in Gen.Elements(DesiredState.Online, DesiredState.Offline)
            from members in resources.ListOf()
            from others in Gen.Elements("x1", "x2", "x3").ListOf()
            from quarantine in Gen.Choose(0, 60)
            let possible = owners.Distinct().Select(owner => new NodeName(owner)).ToImmutableArray()
            select new RoleSpec
            {
                Name = new RoleName(name),
                PossibleOwners = possible,
                PreferredOwners = [.. possible.Take(1)],
                Failback = PolicyText.ReadFailback(policy).Failback!,
                Restarts = new Budget(count, period + TimeSpan.FromSeconds(1)),
                Affinity = [.. others.Distinct().Take(1).Select(other => new Affinity(new RoleName(other), numbers[0] % 2 == 0))],
                AntiAffinity = [.. others.Distinct().Skip(1).Select(other => new Affinity(new RoleName(other), numbers[1] % 2 == 0))],
                Quarantine = quarantine == 0 ? null : TimeSpan.FromMinutes(quarantine),
                StartTier = numbers[0],
                Priority = numbers[1] - 500,
                Weight = numbers[2],
                Desired = desired,
                Resources = [.. members.Take(3).Index().Select(member => member.Item with
                {
                    Name = new ResourceName($"r{member.Index}"),
                    NonCritical = member.Index == 2,
                    DependsOn = member.Index > 0 ? [new ResourceName($"r{member.Index - 1}")] : [],
                })],
            };
    }
}
