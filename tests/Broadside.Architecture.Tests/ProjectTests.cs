using System.Xml.Linq;

namespace Broadside.Architecture.Tests;

/// <summary>Projects depend downwards only: servers on the core, backends on the core's contract, the facade on backends.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Broadside.Core"] = [],
        ["Broadside.IoUring"] = ["Broadside.Core"],
        ["Broadside.NetStack"] = ["Broadside.Core"],
        ["Broadside.Testing"] = ["Broadside.Core"],
        ["Broadside"] = ["Broadside.Core", "Broadside.IoUring"],
        ["Broadside.Servers"] = ["Broadside.Core"],
        ["Broadside.AspNetCore"] = ["Broadside.Core", "Broadside"],
        ["Broadside.Cli"] = ["Broadside.Core", "Broadside", "Broadside.NetStack", "Broadside.Servers"],
    };

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        var violations = new List<string>();
        foreach (var project in Repository.SourceProjects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Allowed.ContainsKey(name), $"{name} has no place in the layout yet: say what it may reference.");
            violations.AddRange(References(project).Except(Allowed[name]).Select(reference => $"{name} -> {reference}"));
        }

        Assert.Empty(violations);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = XDocument.Load(Path.Combine(Repository.Root, "Broadside.slnx"))
            .Descendants("Project").Select(project => project.Attribute("Path")!.Value).ToHashSet();
        var projects = new[] { "src", "tests", "samples" }
            .Select(folder => Path.Combine(Repository.Root, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'));
        Assert.Empty(projects.Except(solution));
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
