using System.Text.RegularExpressions;

namespace Broadside.Architecture.Tests;

/// <summary>What the documentation says of the code is so, as far as that can be told from the text.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void The_readmes_program_is_the_sample() =>
        Assert.Contains(Read("samples/Broadcast/Program.cs").TrimEnd(), Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var pages = Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));
        var links = pages.SelectMany(page => Names(Link(), File.ReadAllText(page)), (page, link) => (Page: page, Target: link)).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(link.Page)!, link.Target)), $"{link.Page}: {link.Target}"));
    }

    [Fact]
    public void The_tests_that_guarantees_name_exist()
    {
        var sources = Sources("tests").ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
        var named = TestName().Matches(Read("docs/guarantees.md"));
        Assert.NotEmpty(named);
        Assert.All(named, test =>
        {
            var source = Assert.Single(sources[test.Groups["type"].Value]);
            Assert.Contains($" {test.Groups["method"].Value}(", source, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_the_page_of_TCP_names_exists()
    {
        var page = Read("docs/tcp.md");
        var types = Sources("src").Concat(Sources("tests")).Select(path => Path.GetFileName(path).Split('.')[0]).ToHashSet();
        var scripts = Path.Combine(Repository.Root, "tests/Broadside.PacketScripts/Scripts");
        var rows = TableRow().Matches(page);
        Assert.NotEmpty(rows);
        Assert.All(rows.SelectMany(row => Names(TypeInQuotes(), row.Value)), name => Assert.Contains(name, types));
        Assert.All(Names(Script(), page), name => Assert.True(Path.Exists(Path.Combine(scripts, name)), name));
    }

    [Fact]
    public void Operations_lists_every_instrument() => AgreesWithSources(Instrument(), Instrument());

    [Fact]
    public void Operations_lists_every_log_event() => AgreesWithSources(EventId(), EventRow());

    [Fact]
    public void Operations_lists_every_exit_code() => AgreesWithSources(ExitCode(), ExitCodeRow());

    private static void AgreesWithSources(Regex inSources, Regex inOperations)
    {
        var declared = Sources("src").SelectMany(path => Names(inSources, File.ReadAllText(path))).ToHashSet();
        Assert.NotEmpty(declared);
        Assert.Equal(declared.Order(), Names(inOperations, Read("docs/operations.md")).Distinct().Order());
    }

    private static IEnumerable<string> Names(Regex pattern, string text) => pattern.Matches(text).Select(match => match.Groups["name"].Value);

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(path => Path.GetFileName(path) is not ("Usings.cs" or "Program.cs"));

    [GeneratedRegex(@"\]\((?!\w+:)(?<name>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<type>[A-Z]\\w*(Conformance|Tests|Stress))\\.(?<method>\\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\| \d.*$", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"`(?<name>[A-Z]\w*)`")]
    private static partial Regex TypeInQuotes();

    [GeneratedRegex(@"`(?<name>[a-z]+/([\w-]+\.pkt)?)`")]
    private static partial Regex Script();

    [GeneratedRegex("[\"`](?<name>broadside\\.(\\w+\\.)?\\w+)[\"`]")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"EventId = (?<name>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| (?<name>\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex EventRow();

    [GeneratedRegex(@"public const int (Success|Failure|Usage|Cannot\w+|NotAuthenticated|Aborted) = (?<name>\d);")]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"^\| (?<name>\d) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();
}
