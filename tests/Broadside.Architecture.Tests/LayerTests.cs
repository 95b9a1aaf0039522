using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Broadside.Architecture.Tests;

/// <summary>Within a project, a folder is a layer and uses only those below it.</summary>
public sealed class LayerTests
{
    // Diagnostics is used by all, and itself uses nothing.
    private static readonly Dictionary<string, string[]> Core = new()
    {
        ["Diagnostics"] = [],
        ["Memory"] = ["Diagnostics"],
        ["Records"] = ["Memory", "Diagnostics"],
        ["Framing"] = ["Memory", "Records", "Diagnostics"],
        ["Channels"] = ["Memory", "Diagnostics"],
        ["Sockets"] = ["Channels", "Memory", "Diagnostics"],
        ["Groups"] = ["Records", "Channels", "Memory", "Diagnostics"],
        ["Connections"] = ["Groups", "Records", "Framing", "Channels", "Memory", "Diagnostics"],
    };

    // Interop knows the kernel, and of Broadside only what it translates; the channel stands on it.
    private static readonly Dictionary<string, string[]> IoUring = new()
    {
        ["Interop"] = [],
    };

    // Devices carry frames, the network layer packets, the transports what they carry; the channel stands on all of them.
    private static readonly Dictionary<string, string[]> NetStack = new()
    {
        ["Wire"] = [],
        ["Timing"] = [],
        ["Devices"] = ["Wire"],
        ["Network"] = ["Devices", "Wire", "Timing"],
        ["Steering"] = ["Network", "Devices", "Wire"],
        ["Udp"] = ["Network", "Wire"],
        ["Tcp"] = ["Network", "Wire", "Timing"],
    };

    // The servers know the core only, not each other.
    private static readonly Dictionary<string, string[]> Servers = new()
    {
        ["Relay"] = [],
        ["Web"] = [],
        ["Cache"] = [],
        ["Dns"] = [],
    };

    [Fact]
    public void The_core_depends_downwards() => Assert.Empty(Violations("Broadside.Core", Core));

    [Fact]
    public void The_ring_does_not_know_the_channel() => Assert.Empty(Violations("Broadside.IoUring", IoUring));

    [Fact]
    public void The_network_stack_depends_downwards() => Assert.Empty(Violations("Broadside.NetStack", NetStack));

    [Fact]
    public void Servers_do_not_know_each_other() => Assert.Empty(Violations("Broadside.Servers", Servers));

    [Fact]
    public void A_wrong_dependency_would_be_seen() =>
        Assert.Contains("Records.Record -> Memory.Arena", Violations("Broadside.Core", new(Core) { ["Records"] = [] }));

    private static List<string> Violations(string project, Dictionary<string, string[]> layers)
    {
        var path = Path.Combine(AppContext.BaseDirectory, project + ".dll");
        using var image = new PEReader(File.OpenRead(path));
        using var symbolProvider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(path, ".pdb")));
        var metadata = image.GetMetadataReader();
        var folders = new SourceFolders(metadata, symbolProvider.GetMetadataReader(), project);
        var references = new TypeReferences(image, metadata);
        var violations = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in metadata.TypeDefinitions)
        {
            if (folders.Of(metadata, type) is not { } folder)
            {
                continue;
            }

            Assert.True(layers.ContainsKey(folder), $"{project}/{folder} has no place in the layers yet: say what it may use.");
            foreach (var used in references.Of(type))
            {
                if (folders.Of(metadata, used) is { } other && other != folder && !layers[folder].Contains(other))
                {
                    violations.Add($"{folder}.{Name(metadata, type)} -> {other}.{Name(metadata, used)}");
                }
            }
        }

        return [.. violations];
    }

    private static string Name(MetadataReader metadata, TypeDefinitionHandle type) =>
        SourceFolders.SimpleName(metadata, SourceFolders.Outermost(metadata, type));
}
