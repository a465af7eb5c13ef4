using Holdfast.Agent.Declarations;
using Holdfast.Cluster;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class FilesResourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_are_written_whole_with_their_mode_and_listed_for_removal_before()
    {
        await using var leash = new FakeLeash { IsReal = true };
        var path = Path.Combine(_folder, "app.conf");
        var role = TestRole.Of($"{{ type: files, owner: {Environment.UserName}, mode: '0640', files: {{ {path}: \"a 'quoted' $line\\nand $(another)\\n\" }} }}");

        await TestRole.Create(TestRole.Context(role, leash)).OnlineAsync(null, CancellationToken.None);

        Assert.Equal("a 'quoted' $line\nand $(another)\n", await File.ReadAllTextAsync(path));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder));
        Assert.All(leash.Runs, run => Assert.Equal([Revocations.File(path), Revocations.File(path + ".holdfast-new")], run.Revocations));
        Assert.NotEqual("", leash.Held.Single().Tag);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_fails_the_start_and_leaves_none()
    {
        await using var leash = new FakeLeash { IsReal = true };
        var role = TestRole.Of($"{{ type: files, owner: {Environment.UserName}, files: {{ {_folder}/nowhere/app.conf: x }} }}");

        var failure = await Assert.ThrowsAsync<HoldfastException>(() => TestRole.Create(TestRole.Context(role, leash)).OnlineAsync(null, CancellationToken.None));

        Assert.Equal("resource.files-failed", failure.Code);
        Assert.Contains($"{_folder}/nowhere/app.conf could not be written on node a", failure.Message, StringComparison.Ordinal);
        Assert.Empty(leash.Held);
    }

    [Fact]
    public async Task What_exists_and_is_nobodys_is_refused_but_not_what_the_role_had_before()
    {
        var path = Path.Combine(_folder, "app.conf");
        var role = TestRole.Of($"{{ type: files, files: {{ {path}: x, {_folder}/none/b.conf: y }} }}");
        await File.WriteAllTextAsync(path, "an administrator's");

        var problems = await TestRole.CheckOnNodeAsync(role);
        var known = await TestRole.CheckOnNodeAsync(role, present: role);

        Assert.Contains(problems, problem => problem.Message.Contains("exists on node a, and no role put it there", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Message.Contains($"node a has no folder {_folder}/none", StringComparison.Ordinal));
        Assert.DoesNotContain(known, problem => problem.Message.Contains("exists on node a", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("files: {}", "is empty")]
    [InlineData("files: { etc/x: y }", "is not the absolute path of a file")]
    [InlineData("files: { /etc/../x: y }", "is not the absolute path of a file")]
    [InlineData("files: { /etc/x/: y }", "is not the absolute path of a file")]
    [InlineData("files: { /etc/x: y }, mode: '4755'", "is not a mode in octal from 0000 to 0777")]
    [InlineData("files: { /etc/x: y }, mode: rw", "is not a mode in octal")]
    [InlineData("files: { /etc/x: \"a\\0b\" }", "contains a NUL character")]
    public void A_wrong_declaration_is_refused_with_what_to_do(string properties, string complaint)
    {
        var result = DeclarationReader.Read($"roles: {{ orders: {{ resources: {{ it: {{ type: files, {properties} }} }} }} }}", "f", null);

        Assert.Contains(result.Problems, problem => problem.Message.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_has_at_most_64_KiB()
    {
        var result = DeclarationReader.Read($"roles: {{ orders: {{ resources: {{ it: {{ type: files, files: {{ /etc/x: {new string('a', 65537)} }} }} }} }} }}", "f", null);

        Assert.Contains(result.Problems, problem => problem.Message.Contains("has 65537 bytes; a file of configuration has at most 65536", StringComparison.Ordinal));
    }
}
