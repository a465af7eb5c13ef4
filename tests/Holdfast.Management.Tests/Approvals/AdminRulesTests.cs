using Holdfast.Cluster.Access;
using Holdfast.Management.Api;
using Holdfast.Management.People;

namespace Holdfast.Management.Tests.Approvals;

/// <summary>Nobody becomes both of two people.</summary>
public sealed class AdminRulesTests
{
    private static readonly Person Anna = new("anna", AccessLevel.Admin, "");

    [Theory]
    [InlineData(AccessLevel.Viewer, "carla", false, true)]
    [InlineData(AccessLevel.Admin, "carla", true, true)] // Who is let in again is an administrator again.
    [InlineData(AccessLevel.Admin, "anna", false, false)] // It is one already.
    public void Who_chose_their_own_password_can_be_made_one(AccessLevel level, string passwordBy, bool disabled, bool makes) =>
        Assert.Equal(makes, AdminRules.Makes("carla", new("carla", level, "", Disabled: disabled, PasswordBy: passwordBy), new PersonPut(AccessLevel.Admin, Disabled: false), Anna));

    [Fact]
    public void Whose_password_somebody_else_knows_cannot()
    {
        AssertNotChosen(null, new PersonPut(AccessLevel.Admin, "a long enough one"));
        AssertNotChosen(null, new PersonPut(AccessLevel.Admin, OneTimePassword: true));
        AssertNotChosen(new("carla", AccessLevel.Viewer, "", PasswordBy: "anna"), new PersonPut(AccessLevel.Admin));
        AssertNotChosen(new("carla", AccessLevel.Viewer, "", OneTime: true, PasswordBy: "carla"), new PersonPut(AccessLevel.Admin));
        AssertNotChosen(new("carla", AccessLevel.Viewer, "", PasswordBy: "carla"), new PersonPut(AccessLevel.Admin, "a long enough one"));
        AssertNotChosen(new("carla", AccessLevel.Admin, "", Disabled: true, PasswordBy: "anna"), new PersonPut(Disabled: false));
    }

    [Fact]
    public void The_password_of_an_administrator_is_theirs_to_set()
    {
        var carla = new PersonRecord("carla", AccessLevel.Admin, "", PasswordBy: "carla");

        Assert.Equal("person.password-of-another", Assert.Throws<HoldfastException>(() => AdminRules.Makes("carla", carla, new PersonPut(OneTimePassword: true), Anna)).Code);
        Assert.False(AdminRules.Makes("carla", carla, new PersonPut(Password: "a long enough one"), new Person("carla", AccessLevel.Admin, "")));
        Assert.False(AdminRules.Makes("carla", carla, new PersonPut(AccessLevel.Viewer, OneTimePassword: true), Anna));
        Assert.False(AdminRules.Makes("dora", null, new PersonPut(AccessLevel.Operator, OneTimePassword: true), Anna));
    }

    private static void AssertNotChosen(PersonRecord? known, PersonPut put) => Assert.Equal("person.password-not-chosen", Assert.Throws<HoldfastException>(() => AdminRules.Makes("carla", known, put, Anna)).Code);
}
