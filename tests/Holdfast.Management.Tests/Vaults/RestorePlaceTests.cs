using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.Vaults;

namespace Holdfast.Management.Tests.Vaults;

/// <summary>What may be brought back, and where to.</summary>
public sealed class RestorePlaceTests
{
    private static readonly DatabaseWanted Shop = new("shop");

    [Theory]
    [InlineData("/srv/back")]
    [InlineData("/srv/back", "/srv/data")]
    [InlineData("/", "/srv/data", "/etc/hosts")]
    public void Anything_goes_to_a_folder_and_what_is_named_to_where_it_came_from(string target, params string[] paths) => RestoreDesk.RequirePlace(Asked(target, paths));

    [Theory]
    [InlineData("/")]
    [InlineData("/", "/")]
    [InlineData("back", "/srv/data")]
    [InlineData("/srv/back", "data")]
    public void The_whole_goes_over_no_root_and_no_place_is_guessed(string target, params string[] paths) => Refused(Asked(target, paths));

    [Fact]
    public void A_database_is_one_point_of_one_database_beside_what_is_there()
    {
        RestoreDesk.RequirePlace(Of(Shop));
        RestoreDesk.RequirePlace(Of(Shop with { Only = "orders", Tables = ["lines"], Time = DateTimeOffset.UnixEpoch }));

        Refused(Of(Shop) with { Target = "/" });
        Refused(Of(Shop) with { Target = "back" });
        Refused(Of(Shop) with { Snapshot = "latest" });
        Refused(Of(Shop) with { Paths = ["/srv/data"] });
        Refused(Of(Shop with { Name = "" }));
        Refused(Of(Shop with { Immediate = true, Time = DateTimeOffset.UnixEpoch }));
        Refused(Of(Shop with { Tables = ["lines"] }));
        Refused(Of(Shop with { Only = "" }));
        Refused(new RestoreAsked("office", null, [], "/srv/back", "a"));
    }

    [Fact]
    public void The_command_keeps_what_begins_with_a_dash_a_value()
    {
        Assert.Equal(["database", "restore", "--target", "/srv/back", "--id=-7", "--target-time=1970-01-01T00:00:00.0000000+00:00", "--base=--dry-run"],
            (Shop with { Id = "-7", Time = DateTimeOffset.UnixEpoch, Base = "--dry-run" }).Command("/srv/back"));
        Assert.Equal(["--", "--shop"], new DatabaseWanted("--shop").Names());
        Assert.Equal(["database", "dump", "--output", "/srv/a.sql", "--immediate", "--table=-t"], (Shop with { Only = "orders", Immediate = true, Tables = ["-t"] }).Command("/srv/a.sql"));
        Assert.Equal(["--", "shop", "orders"], (Shop with { Only = "orders" }).Names());
    }

    [Fact]
    public void Backups_are_told_by_database_and_two_that_had_one_name_apart()
    {
        var start = DateTimeOffset.UnixEpoch;
        ListedDatabase Backup(string id, string type, int hour, string engine = "postgresql", string name = "shop") => new($"{id}{hour}", name, engine, id, type, start.AddHours(hour), hour);

        var found = RestoreDesk.Databases([Backup("1", "full", 1), Backup("1", "log", 2), Backup("2", "full", 3), Backup("2", "incremental", 4), Backup("2", "log", 5), Backup("3", "full", 6, "mariadb", "mail")]);

        Assert.Equal([("mail", "3", false, 6, "36"), ("shop", "2", true, 5, "24,23"), ("shop", "1", true, 2, "11")],
            found.Select(database => (database.Name, database.Id, database.AnyPoint, (int)(database.Latest - start).TotalHours, string.Join(',', database.Bases.Select(each => each.Snapshot)))));
    }

    private static RestoreAsked Asked(string target, string[] paths) => new("office", "latest", paths, target, "a");

    private static RestoreAsked Of(DatabaseWanted database) => new("office", null, null, "/srv/back", "a", Database: database);

    private static void Refused(RestoreAsked asked) => Assert.Equal("restore.invalid", Assert.Throws<HoldfastException>(() => RestoreDesk.RequirePlace(asked)).Code);
}
