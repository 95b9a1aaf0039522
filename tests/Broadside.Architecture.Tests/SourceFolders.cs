using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text.RegularExpressions;

namespace Broadside.Architecture.Tests;

/// <summary>
/// Which folder of its project each type is written in. Namespaces do not tell, as users see one; the symbols do, and for types
/// without code (interfaces, enumerations) the source itself.
/// </summary>
internal sealed partial class SourceFolders
{
    private readonly Dictionary<TypeDefinitionHandle, string> _folders = [];

    public SourceFolders(MetadataReader metadata, MetadataReader symbols, string project)
    {
        var declared = ScanDeclarations(project);
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            var outermost = Outermost(metadata, handle);
            var folder = type.GetMethods().Select(method => FolderOf(symbols, method, project)).FirstOrDefault(found => found is not null)
                ?? declared.GetValueOrDefault(SimpleName(metadata, outermost));
            if (folder is not null)
            {
                _folders[handle] = folder;
            }
        }
    }

    /// <summary>The folder; null for what the compiler made and for files at the project's root.</summary>
    public string? Of(MetadataReader metadata, TypeDefinitionHandle type) =>
        _folders.GetValueOrDefault(type) ?? _folders.GetValueOrDefault(Outermost(metadata, type));

    /// <summary>The type that contains a nested one.</summary>
    public static TypeDefinitionHandle Outermost(MetadataReader metadata, TypeDefinitionHandle type)
    {
        while (metadata.GetTypeDefinition(type).GetDeclaringType() is { IsNil: false } containing)
        {
            type = containing;
        }

        return type;
    }

    /// <summary>A type's name without its number of type parameters.</summary>
    public static string SimpleName(MetadataReader metadata, TypeDefinitionHandle type) =>
        metadata.GetString(metadata.GetTypeDefinition(type).Name).Split('`')[0];

    private static string? FolderOf(MetadataReader symbols, MethodDefinitionHandle method, string project)
    {
        var information = symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
        if (information.SequencePointsBlob.IsNil)
        {
            return null;
        }

        var document = information.Document.IsNil
            ? information.GetSequencePoints().Select(point => point.Document).FirstOrDefault(candidate => !candidate.IsNil)
            : information.Document;
        return document.IsNil ? null : FolderIn(symbols.GetString(symbols.GetDocument(document).Name), project);
    }

    // Paths may be mapped by deterministic builds: only what follows the project's folder counts.
    private static string? FolderIn(string path, string project)
    {
        var parts = path.Replace('\\', '/').Split('/');
        var at = Array.LastIndexOf(parts, project);
        return at >= 0 && parts.Length > at + 2 && parts[at + 1] != "obj" ? parts[at + 1] : null;
    }

    private static Dictionary<string, string> ScanDeclarations(string project)
    {
        var root = Path.Combine(Repository.Root, "src", project);
        var found = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            if (FolderIn(file, project) is not { } folder || folder == "bin")
            {
                continue;
            }

            foreach (Match match in Declaration().Matches(File.ReadAllText(file)))
            {
                found.TryAdd(match.Groups["name"].Value, folder);
            }
        }

        return found;
    }

    [GeneratedRegex(@"^(public|internal)\b[^/=;(]*?\b(class|struct|interface|enum|delegate\s+\S+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
