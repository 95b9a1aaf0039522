namespace Broadside.NetStack.Tests.Wire;

/// <summary>Frames that another stack sent, and frames that another encoder made of what it does not send.</summary>
internal static class KnownFrames
{
    public static IReadOnlyDictionary<string, byte[]> All { get; } = Read();

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>What a frame carries.</summary>
    public static ReadOnlySpan<byte> Packet(string name) => All[name].AsSpan(EthernetFrame.HeaderLength);

    private static Dictionary<string, byte[]> Read()
    {
        using var reader = new StreamReader(typeof(KnownFrames).Assembly.GetManifestResourceStream("KnownFrames.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));
    }
}
