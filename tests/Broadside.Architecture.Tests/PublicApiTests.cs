using System.Reflection;

namespace Broadside.Architecture.Tests;

/// <summary>
/// The public API is what docs/api says: it changes on purpose only. After a change, run these tests with UPDATE_API=1 and commit what
/// they write.
/// </summary>
public sealed class PublicApiTests
{
    /// <summary>Every library this project refers to.</summary>
    public static TheoryData<string> Libraries => [.. Repository.SourceProjects
        .Select(project => Path.GetFileNameWithoutExtension(project))
        .Where(name => File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")))];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_api_is_as_approved(string library)
    {
        var path = Path.Combine(Repository.Root, "docs", "api", library + ".txt");
        var actual = PublicApi.Describe(Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, library + ".dll")));
        if (Environment.GetEnvironmentVariable("UPDATE_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"docs/api/{library}.txt is missing: run with UPDATE_API=1.");
        var approved = File.ReadAllText(path);
        var added = actual.Split('\n').Except(approved.Split('\n')).Select(line => "+ " + line);
        var removed = approved.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line);
        Assert.True(approved == actual, $"The public API of {library} changed (UPDATE_API=1 approves it):\n{string.Join('\n', removed.Concat(added))}");
    }
}
