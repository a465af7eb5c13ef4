using Holdfast.Cluster;
using Holdfast.Store.Postgres;

namespace Holdfast.Store.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Fact]
    public void Its_parts_are_read_and_the_password_is_never_spoken()
    {
        var address = PostgresAddress.Parse("postgres://hold%40fast:p%2Fw@db1:5433,db2/the%20store?sslmode=verify-full&sslrootcert=/etc/ca.pem");

        Assert.Equal(("hold@fast", "p/w", "db1:5433,db2", "the store"), (address.Connection.Username, address.Connection.Password, address.Connection.Host, address.Connection.Database));
        Assert.Equal((Npgsql.SslMode.VerifyFull, "/etc/ca.pem"), (address.Connection.SslMode, address.Connection.RootCertificate));
        Assert.DoesNotContain("p/w", $"{address}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("db1/holdfast", "postgres://")]
    [InlineData("postgres://u@db1", "no database")]
    [InlineData("postgres://u@db1/", "no database")]
    [InlineData("postgres://db1/d", "no user")]
    [InlineData("postgres://u@/d", "no host")]
    [InlineData("postgres://u@a,,b/d", "no host")]
    [InlineData("postgres://u@a:0/d", "no port")]
    [InlineData("postgres://u@a/d?sslmode=sometimes", "sslmode")]
    [InlineData("postgres://u@a/d?color=red", "color")]
    public void What_cannot_be_one_is_refused_with_the_reason(string text, string reason)
    {
        var error = Assert.Throws<HoldfastException>(() => PostgresAddress.Parse(text));

        Assert.Equal("store.address-invalid", error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
