namespace Broadside.Bench.Contenders;

/// <summary>The backends of ours that this machine has.</summary>
internal static class Backends
{
    private static readonly string[] Known = ["iouring", "sockets"];

    /// <summary>Their names, the best first.</summary>
    public static IReadOnlyList<string> Available { get; } = [.. Known.Where(IsAvailable)];

    // The facade alone knows: it refuses a backend that it does not have, or that the machine does not allow.
    private static bool IsAvailable(string name)
    {
        try
        {
            RecordEngine.Create(new EngineOptions { Channels = 1 }, name).StopAsync(TimeSpan.Zero).Wait();
            return true;
        }
        catch (Exception refusal) when (refusal is ArgumentException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
